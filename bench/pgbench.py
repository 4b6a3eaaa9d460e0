"""The floor of a login on this machine: its writes by PostgreSQL's own pgbench, without any HTTP."""

from __future__ import annotations

import os
import re
import subprocess
import tempfile
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import create_engine, make_url

from bench import bare
from secmon.database.statements import Query
from tools.postgres import PostgresUnavailable, binary

# What stands for the number of a login in the values of one.
MARK = "987654321"
_TPS = re.compile(r"tps = ([0-9.]+)")
_NUMBERED = re.compile(r"\$(\d+)")


def rate(url: str, *, seconds: float, connections: int) -> float | None:
    """Transactions a second that do what a login writes, or None where there is no pgbench."""
    try:
        program = binary("pgbench")
    except PostgresUnavailable as error:
        print(f"pgbench is missing: {error}", flush=True)
        return None
    dialect = create_engine(url).dialect
    statements = [_text(query, dialect) for query in bare.writes_of(int(MARK))]
    script = "\n".join(
        [
            f"\\set account random(0, {bare.ACCOUNTS - 1})",
            "\\set n random(1, 9000000000000000)",
            "BEGIN;",
            *(f"{statement};" for statement in statements),
            "COMMIT;",
        ]
    )
    address = make_url(url)
    with tempfile.TemporaryDirectory() as directory:
        file = Path(directory) / "login.sql"
        file.write_text(script)
        done = subprocess.run(
            [
                str(program),
                *("-n", "-M", "prepared", "-f", str(file), "-T", str(max(1, round(seconds)))),
                *("-c", str(connections), "-j", "1", "-h", address.host or "", "-p", str(address.port)),
                *("-U", address.username or "postgres", address.database or ""),
            ],
            capture_output=True,
            text=True,
            check=False,
            env={**os.environ, "PGPASSWORD": address.password or ""},
        )
    found = _TPS.search(done.stdout)
    if found is None:
        raise RuntimeError(f"pgbench failed:\n{done.stdout}{done.stderr}")
    return float(found[1])


def _text(query: Query, dialect: Any) -> str:
    """The statement with its values written out, and pgbench's variables where one login differs."""
    command = query.statement.command(dialect)
    values = [_literal({**command.constants, **query.parameters}[name]) for name in command.names]
    return " ".join(_NUMBERED.sub(lambda found: values[int(found[1]) - 1], command.sql.decode()).split())


def _literal(value: Any) -> str:
    match value:
        case None:
            return "NULL"
        case bool():
            return str(value).lower()
        case int() | float():
            return str(value)
        case datetime():
            return "now()"
        case _:
            return _parts(str(value))


def _parts(text: str) -> str:
    """A string, with variables between its parts: pgbench knows none inside of quotes."""
    account = bare.account_of(int(MARK))
    named = {account: "('acct-' || :account)", MARK: ":n::text"}
    pieces = re.split(f"({account}|{MARK})", text)
    return f"({' || '.join(named.get(piece) or _quoted(piece) for piece in pieces)})"


def _quoted(text: str) -> str:
    """A colon is written by its number: pgbench takes a word behind one for a variable, even in quotes."""
    return "U&'" + text.replace("\\", "\\\\").replace("'", "''").replace(":", "\\003A") + "'"
