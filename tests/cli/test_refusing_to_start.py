"""What keeps the service from starting is a sentence on the terminal, and nothing is served before it."""

from __future__ import annotations

import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from secmon.cli.tokens import free_port
from secmon.clients.first_run import CREDENTIALS_FILE
from tests.databases import empty_database

ENDS_WITHIN_S = 120


def started(var_dir: Path, *command: str, **variables: str) -> subprocess.CompletedProcess[str]:
    """`secmon run`, or another command, in an environment of its own, once it has ended by itself."""
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("SECMON_")}
    environment = inherited | {"SECMON_VAR_DIR": str(var_dir), "PORT": str(free_port())} | variables
    return subprocess.run(
        [sys.executable, "-m", "secmon", *(command or ("run",))],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
        timeout=ENDS_WITHIN_S,
    )


@pytest.mark.parametrize(
    ("variable", "value"),
    [
        ("SECMON_DATABASE_URL", "foo"),
        ("SECMON_DATABASE_URL", "mysql://secmon:hunter2@127.0.0.1/secmon"),
        ("SECMON_RATE_LIMIT_STORAGE", "foo"),
        ("SECMON_OIDC_ISSUER", "foo"),
    ],
)
def test_a_bad_variable_is_named(tmp_path: Path, variable: str, value: str) -> None:
    ended = started(tmp_path, **{variable: value})
    assert (ended.returncode, ended.stdout) == (2, "")
    assert ended.stderr.startswith("secmon cannot start:\n")
    assert variable in ended.stderr
    assert "hunter2" not in ended.stderr
    assert len(ended.stderr.splitlines()) == 2


def test_a_database_that_cannot_be_reached_is_one_line(tmp_path: Path) -> None:
    nobody = f"postgresql://secmon:hunter2@127.0.0.1:{free_port()}/secmon"
    ended = started(tmp_path, SECMON_DATABASE_URL=nobody)
    assert (ended.returncode, ended.stdout) == (2, "")
    (line,) = ended.stderr.splitlines()
    assert line.startswith("secmon cannot work on its database: ")
    assert "hunter2" not in line


def test_a_database_file_that_cannot_be_made_is_one_line(tmp_path: Path) -> None:
    ended = started(tmp_path, SECMON_DATABASE_URL=f"sqlite:///{tmp_path}/nowhere/secmon.db")
    assert ended.returncode == 2
    assert len(ended.stderr.splitlines()) == 1


def test_the_secrets_of_another_database_s_clients_are_kept(tmp_path: Path) -> None:
    kept = tmp_path / CREDENTIALS_FILE
    kept.write_text("{}")
    ended = started(tmp_path, SECMON_DATABASE_URL=empty_database("sqlite"))
    assert (ended.returncode, ended.stdout, kept.read_text()) == (2, "", "{}")
    (line,) = ended.stderr.splitlines()
    assert line.startswith("secmon cannot start: ")
    assert str(kept) in line


def test_the_database_file_is_its_owner_s_alone(tmp_path: Path) -> None:
    var_dir = tmp_path / "var"
    var_dir.mkdir()
    ended = started(var_dir, "db", "upgrade", SECMON_KEYS="test=" + "A" * 43 + "=")
    assert ended.returncode == 0, ended.stderr
    for file in var_dir.glob("secmon.db*"):
        assert stat.S_IMODE(file.stat().st_mode) == 0o600, file
