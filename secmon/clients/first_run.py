"""The first run of a new database: a signing key and one client of each standing role, and their secrets."""

from __future__ import annotations

import json
import os
from pathlib import Path

from sqlalchemy import select

from secmon.clients import persons, service, signing_keys
from secmon.clients.models import Client
from secmon.clients.scopes import Role
from secmon.core.actor import SYSTEM
from secmon.database.engine import Database
from secmon.settings.environment import Settings

# An import is done once, if ever: who may teach any account anything is not there from the first day on.
STANDING = tuple(role for role in Role if role is not Role.IMPORTER)
CREDENTIALS_FILE = "credentials.json"

# {"wallet": {"client_id": …, "client_secret": …}, …}
Credentials = dict[str, dict[str, str]]


class FirstRunRefused(Exception):
    """Secrets that exist nowhere else would be written over."""


def ensure_first_run(database: Database, settings: Settings) -> Credentials:
    """The credentials of the clients made now; where there are clients already, none are made: `{}`.

    They are written to `var_dir/credentials.json` (mode 600) before the clients exist for anybody:
    a file that cannot be written leaves no client behind. Raises `OSError`, and `FirstRunRefused` where
    the file is there already: it holds the secrets of another database's clients, and nothing else does.
    """
    file = settings.var_dir / CREDENTIALS_FILE
    with database.work(SYSTEM) as work:
        persons.one_at_a_time(work)
        if work.session.scalar(select(Client.client_id).limit(1)) is not None:
            return {}
        if file.exists():
            raise FirstRunRefused(
                f"{file} holds the secrets of another database's clients, and this database has none yet. "
                "Move the file away, or set SECMON_VAR_DIR to another directory."
            )
        signing_keys.ensure(work, settings.keys)
        made = {role: service.create(work, name=f"first-run {role}", role=role) for role in STANDING}
        credentials = {
            str(role): {"client_id": str(new.client.client_id), "client_secret": new.secret}
            for role, new in made.items()
        }
        _write_private(file, json.dumps(credentials, indent=2) + "\n")
    return credentials


def _write_private(path: Path, content: str) -> None:
    """Readable by the owner from its first byte on, and there as a whole or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    new = path.with_suffix(".new")
    new.unlink(missing_ok=True)
    new.touch(mode=0o600, exist_ok=False)
    with new.open("w", encoding="ascii") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    new.replace(path)
