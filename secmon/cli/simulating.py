"""`secmon simulate` and `secmon demo`: a simulated wallet at the real HTTP API."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import click
import httpx

from secmon.cli.tokens import Renewed, free_port, local_url
from secmon.simulation.attacks import ACCOUNT, scripted
from secmon.simulation.shape import Shape
from secmon.simulation.streaming import post_login, stream
from secmon.simulation.wallet import wallet

READY_WITHIN_S = 60
# Of the terms of a score, in log-odds: what a reader can see matter.
LEAST_SHOWN, MOST_SHOWN_ALLOWED = 0.5, 3
COLOURS = {"allow": "green", "challenge": "yellow", "deny": "red"}


@click.command()
@click.option("--url", default=None, help="Where the service runs; by default here, at PORT or 8000.")
@click.option("--accounts", default=200, show_default=True)
@click.option("--days", default=30, show_default=True)
@click.option("--seed", default=1, show_default=True)
def simulate(url: str | None, accounts: int, days: int, seed: int) -> None:
    """Stream a simulated wallet's logins through a running service."""
    var_dir = Path(os.environ.get("SECMON_VAR_DIR", "var"))
    base = url or local_url()
    try:
        with _client(base, Renewed(base, var_dir, "wallet")) as client:
            _stream(client, accounts, days, seed)
    except (OSError, httpx.TransportError) as error:
        raise click.ClickException(f"nothing to stream to at {base}: {error}") from error


@click.command()
@click.option("--accounts", default=200, show_default=True)
@click.option("--days", default=30, show_default=True)
@click.option("--seed", default=1, show_default=True)
def demo(accounts: int, days: int, seed: int) -> None:
    """See the point: a wallet's month, then one takeover, on a service of the demo's own."""
    with _throwaway_service() as (url, token), _client(url, token) as client:
        _stream(client, accounts, days, seed)
        _take_over(client)


def _client(url: str, token: Renewed) -> httpx.Client:
    return httpx.Client(base_url=url, auth=token, headers={"Accept-Language": "en"}, timeout=30)


def _stream(client: httpx.Client, accounts: int, days: int, seed: int) -> None:
    start = datetime.now(UTC).replace(microsecond=0) - timedelta(days=days)
    now = datetime.now(UTC)
    messages = wallet(Shape(accounts=accounts, days=days), seed, start)
    due = [message for message in messages if message.delivered_at <= now]
    click.echo(f"{accounts} accounts, {days} days, {len(due)} messages to {client.base_url}")
    with click.progressbar(length=len(due), label="streaming") as bar:
        decisions = stream(client, due, bar.update)
    click.echo(", ".join(f"{count} {decision}" for decision, count in decisions.most_common()) + "\n")


def _take_over(client: httpx.Client) -> None:
    click.echo("One account, and what happens to it:\n")
    alerts = []
    for what, body in scripted(datetime.now(UTC)):
        answer = post_login(client, body)
        _show(what, body, answer)
        alerts += [answer["alert_id"]] if answer["alert_id"] else []
    _deny(client, alerts[-1])


def _deny(client: httpx.Client, alert_id: str) -> None:
    """The owner says that it was somebody else, and the wallet asks before it moves money."""
    client.post(f"/v1/alerts/{alert_id}/answer", json={"answer": "not_me"}).raise_for_status()
    gate = client.get(f"/v1/accounts/{ACCOUNT}/standing", params={"action": "transfer"}).raise_for_status()
    standing = gate.json()
    click.echo(
        "\nLi Hua answers: it was not me. In one transaction the account is frozen, its case opened, its"
    )
    click.echo("sessions ended. The wallet asks whether money may move:\n")
    allowed = click.style("no", fg="red", bold=True) if not standing["allowed"] else "yes"
    click.echo(f"              standing {standing['standing']}, transfer allowed: {allowed}")


def _show(what: str, body: dict[str, Any], answer: dict[str, Any]) -> None:
    risk, device = answer["risk"], answer["device"]
    at = datetime.fromisoformat(body["occurred_at"]).strftime("%d %b %H:%M")
    decision = click.style(f"{answer['decision']:<9}", fg=COLOURS[answer["decision"]], bold=True)
    failed = " (login failed)" if body["outcome"] == "failure" else ""
    click.echo(f"{at}  {decision} score {risk['score']:.2f}  {what}{failed}")
    click.echo(f"              {device['recognition']} device: {device['label']}")
    for signal in _worth_reading(risk["signals"], answer["decision"]):
        click.echo(f"              {signal['weight']:+.1f}  {signal['detail']}")
    if answer["alert_id"]:
        click.echo(
            click.style(
                f"              the owner is asked: was this you? (alert {answer['alert_id']})", bold=True
            )
        )


def _worth_reading(signals: list[dict[str, Any]], decision: str) -> list[dict[str, Any]]:
    """The reasons that moved a score; of a login that was let in, the heaviest few."""
    heavy = [signal for signal in signals if abs(signal["weight"]) >= LEAST_SHOWN]
    return heavy[:MOST_SHOWN_ALLOWED] if decision == "allow" else heavy


@contextmanager
def _throwaway_service() -> Iterator[tuple[str, Renewed]]:
    """A service on a database of its own that ends with the block; its URL and the wallet's token."""
    with tempfile.TemporaryDirectory(prefix="secmon-demo-") as directory:
        port = free_port()
        inherited = {name: value for name, value in os.environ.items() if not name.startswith("SECMON_")}
        environment = inherited | {
            "SECMON_VAR_DIR": directory,
            "PORT": str(port),
            "SECMON_LOG_LEVEL": "error",
        }
        service = subprocess.Popen(
            [sys.executable, "-m", "secmon", "run"], env=environment, stdout=subprocess.DEVNULL
        )
        url = f"http://127.0.0.1:{port}"
        try:
            _wait_until_ready(url, service)
            yield url, Renewed(url, Path(directory), "wallet")
        finally:
            service.terminate()
            service.wait()


def _wait_until_ready(url: str, service: subprocess.Popen[bytes]) -> None:
    until = time.monotonic() + READY_WITHIN_S
    while time.monotonic() < until and service.poll() is None:
        try:
            if httpx.get(f"{url}/readyz").is_success:
                return
        except httpx.TransportError:
            time.sleep(0.1)
    raise click.ClickException("the service did not start")
