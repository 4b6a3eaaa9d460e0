"""`secmon clients` and `secmon keys rotate-signing`, at the command line."""

from __future__ import annotations

import base64
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from secmon.cli.main import root
from tests.databases import fresh_database

Run = Callable[..., Result]


@pytest.fixture
def run(tmp_path: Path) -> Run:
    """Runs `secmon` on a fresh database."""
    environment = {
        "SECMON_DATABASE_URL": fresh_database("sqlite"),
        "SECMON_KEYS": "test=" + base64.b64encode(b"\x07" * 32).decode(),
        "SECMON_VAR_DIR": str(tmp_path),
    }
    return lambda *arguments: CliRunner().invoke(root, arguments, env=environment)


def test_a_client_is_created_listed_and_revoked(run: Run) -> None:
    created = run("clients", "create", "--name", "Li Na", "--role", "agent")
    assert created.exit_code == 0
    fields = dict(line.split() for line in created.output.splitlines())
    assert fields.keys() == {"client_id", "client_secret"}

    listed = run("clients", "list").output
    assert fields["client_id"] in listed
    assert "live" in listed
    assert fields["client_secret"] not in listed

    assert run("clients", "revoke", fields["client_id"]).exit_code == 0
    assert "revoked 20" in run("clients", "list").output


def test_what_cannot_be_is_said_in_a_sentence(run: Run) -> None:
    unknown = run("clients", "revoke", "00000000-0000-7000-8000-000000000000")
    assert (unknown.exit_code, unknown.output) == (1, "Error: There is no such client\n")
    staff_wallet = run("clients", "create", "--name", "x", "--role", "wallet", "--kind", "staff")
    assert (staff_wallet.exit_code, staff_wallet.output) == (1, "Error: The wallet is a service\n")
    assert run("clients", "create", "--name", "x", "--role", "root").exit_code == 2
    assert run("clients", "create", "--name", "x" * 81, "--role", "agent").exit_code == 1


def test_the_signing_key_is_rotated(run: Run) -> None:
    first, second = (run("keys", "rotate-signing") for _ in range(2))
    assert first.exit_code == second.exit_code == 0
    assert first.output != second.output
