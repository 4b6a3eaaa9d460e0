"""`secmon settings`: every variable, what it is for, and its default."""

from __future__ import annotations

from dataclasses import MISSING, fields

import click

from secmon.core.variables import Variable
from secmon.settings import Settings

# Read before anything else can be: where the database, the keys and the files are.
FIRST = (
    ("SECMON_DATABASE_URL", "Any SQLAlchemy URL of PostgreSQL or SQLite.", "a file in the var directory"),
    ("SECMON_VAR_DIR", "Where keys, credentials and the SQLite file are.", "var"),
    ("SECMON_KEYS", "id=base64,id=base64; the first key encrypts.", "the lines of the key file"),
    ("SECMON_KEYS_FILE", "id=base64 a line.", "keys in the var directory"),
)


def table() -> list[tuple[str, str, str]]:
    """(variable, what it is for, default) of everything that can be set."""
    rows = list(FIRST)
    for one in fields(Settings):
        known: Variable | None = one.metadata.get("variable")
        if known is not None:
            rows.append((known.name, known.says, _shown(one.default)))
    return rows


@click.command()
def settings() -> None:
    """List every environment variable."""
    for name, says, default in table():
        click.echo(f"{name:<34} {says}" + (f" [{default}]" if default else ""))


def _shown(default: object) -> str:
    if default is MISSING or default is None or default == ():
        return ""
    if isinstance(default, tuple | frozenset):
        return ", ".join(sorted(map(str, default)))
    return (
        {True: "on", False: "off"}.get(default, str(default)) if isinstance(default, bool) else str(default)
    )
