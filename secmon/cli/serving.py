"""`secmon run`, `secmon serve`, `secmon token`: the service on its feet, and a first look at it."""

from __future__ import annotations

import base64
import json
import os
import secrets
import shlex
import sys
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import click
import httpx

from secmon.cli.context import OperatorContext
from secmon.cli.tokens import access_token, local_url
from secmon.clients.first_run import CREDENTIALS_FILE, ensure_first_run
from secmon.clients.scopes import Role
from secmon.core.clock import system_clock
from secmon.core.ids import new_id
from secmon.database import migrating
from secmon.keys.rotation import require_keys
from secmon.logins.requests import LOGIN_EVENT
from secmon.sealing.keyring import KEY_BYTES
from secmon.serving.web import CannotListen
from secmon.serving.web import serve as serve_web
from secmon.settings.environment import Settings

WORKER = [sys.executable, "-m", "secmon", "worker", "run"]


@click.command()
@click.pass_obj
def run(ctx: OperatorContext) -> None:
    """Start everything: schema, keys and clients on the first run, the service, its worker."""
    _first_key(_var_dir())
    settings = ctx.settings
    settings.var_dir.mkdir(parents=True, exist_ok=True)
    migrating.upgrade(ctx.database.engine)
    require_keys(ctx.database, settings.keys)
    ensure_first_run(ctx.database, settings)
    ctx.database.dispose()
    _serve(ctx, WORKER, lambda: click.echo(welcome(settings, system_clock())))


@click.command()
@click.option("--with-worker", is_flag=True, help="Keep a worker running beside the web processes.")
@click.pass_obj
def serve(ctx: OperatorContext, with_worker: bool) -> None:
    """Serve the API; the schema and the clients are there already."""
    _serve(ctx, WORKER if with_worker else None)


@click.command()
@click.argument("role", type=click.Choice([str(role) for role in Role]), default="wallet")
@click.option("--url", default=None, help="Where the service runs; the settings say where it usually is.")
def token(role: str, url: str | None) -> None:
    """Print an access token of one of the first-run clients, for trying things out."""
    base = url or local_url()
    try:
        click.echo(access_token(base, _var_dir(), role))
    except (OSError, httpx.HTTPError) as error:
        raise click.ClickException(f"no token from {base}: {error}") from error


def _serve(
    ctx: OperatorContext, worker: list[str] | None, when_listening: Callable[[], None] | None = None
) -> None:
    # Here already, for a sentence: web processes that cannot start would be started again and again.
    require_keys(ctx.database, ctx.settings.keys)
    try:
        serve_web(ctx.settings, worker, when_listening)
    except CannotListen as error:
        raise click.ClickException(str(error)) from error


def _var_dir() -> Path:
    return Path(os.environ.get("SECMON_VAR_DIR", "var"))


def _first_key(var_dir: Path) -> None:
    """A key of this installation's own, where the operator brought none."""
    file = Path(os.environ.get("SECMON_KEYS_FILE", var_dir / "keys"))
    if os.environ.get("SECMON_KEYS") or file.exists():
        return
    file.parent.mkdir(parents=True, exist_ok=True)
    key = base64.b64encode(secrets.token_bytes(KEY_BYTES)).decode()
    with os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as out:
        out.write(f"k1={key}\n")


def welcome(settings: Settings, now: datetime) -> str:
    """Where things are, and a command to paste: a login of this moment that nobody reported yet."""
    url = settings.local_url
    login = LOGIN_EVENT | {"event_id": f"evt-{new_id(now)}", "occurred_at": now.isoformat(timespec="seconds")}
    return f"""
secmon serves on {url}
  API docs   {url}/docs
  clients    {settings.var_dir / CREDENTIALS_FILE}

Report a login and see the verdict (in another terminal, from this directory):

curl -s {url}/v1/login-events -H "Authorization: Bearer $({_command()} token wallet --url {url})" \
-H 'Content-Type: application/json' -d '{json.dumps(login)}'
"""


def _command() -> str:
    """This command as another terminal would say it, which does not have this one's variables."""
    started = Path(sys.argv[0])
    command = f"{sys.executable} -m secmon" if started.name == "__main__.py" else shlex.quote(str(started))
    var_dir = os.environ.get("SECMON_VAR_DIR")
    return command if var_dir is None else f"SECMON_VAR_DIR={shlex.quote(var_dir)} {command}"
