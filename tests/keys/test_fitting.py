"""F15: with a key that is missing, or another one, nothing starts, and the operator is told which."""

from __future__ import annotations

import os
import subprocess
import sys
from base64 import b64encode
from collections.abc import Iterator
from pathlib import Path

import pytest

from secmon.database.engine import Database, make_engine
from secmon.house import SEALED
from secmon.keys.rotation import misfit, require_keys, reseal
from secmon.sealing.keyring import KeyRing, KeyRingError
from secmon.twofactor.models import TotpAuthenticator
from tests.databases import empty_database, fresh_database
from tests.keys.filling import fill_other_columns
from tests.service import Service
from tests.twofactor.owner import Owner

OLD, NEW = b"\x01" * 32, b"\x02" * 32
ONLY_NEW = KeyRing({"new": NEW}, "new")
OLD_FIRST = KeyRing({"old": OLD, "new": NEW}, "old")
NEW_FIRST = KeyRing({"new": NEW, "old": OLD}, "new")


@pytest.fixture(params=["sqlite", "postgresql"])
def filled(request: pytest.FixtureRequest, tmp_path: Path, account_id: str) -> Iterator[Service]:
    """A service that has something to read in every column, under the key "new"."""
    service = Service(fresh_database(request.param), tmp_path, keys=ONLY_NEW)
    with service.client("wallet") as wallet:
        Owner(wallet, service.clock, account_id).enrol()
        waiting = Owner(wallet, service.clock, f"{account_id}-waiting")
        waiting.start(headers={"Idempotency-Key": account_id})
        fill_other_columns(service, account_id)
    yield service
    service.stop()


def test_f15_one_column_under_a_missing_key_is_enough(filled: Service) -> None:
    require_keys(filled.database, ONLY_NEW)
    for sealed in SEALED:
        with filled.work() as work:
            assert reseal(work, sealed, OLD_FIRST, None, 10).resealed > 0
        with pytest.raises(KeyRingError, match=f"^{sealed.name} lies under the key old, which is missing$"):
            require_keys(filled.database, ONLY_NEW)
        assert misfit(filled.database, ONLY_NEW) is not None
        with filled.work() as work:
            reseal(work, sealed, NEW_FIRST, None, 10)
    assert misfit(filled.database, ONLY_NEW) is None


def test_f15_another_key_of_the_same_name_is_no_key(filled: Service) -> None:
    with pytest.raises(KeyRingError) as told:
        require_keys(filled.database, KeyRing({"new": OLD}, "new"))
    for sealed in SEALED:
        assert f"{sealed.name} does not open with the key new: it is another one" in str(told.value)


@pytest.mark.parametrize("tampered", [b"", b"\x03new" + b"n" * 60])
def test_a_row_that_was_tampered_with_keeps_nobody_from_starting(
    filled: Service, account_id: str, tampered: bytes
) -> None:
    with filled.client("wallet") as wallet:
        Owner(wallet, filled.clock, f"{account_id}-z").enrol()
    with filled.work() as work:
        work.session.get_one(TotpAuthenticator, account_id).seed = tampered
    require_keys(filled.database, ONLY_NEW)


def test_a_database_that_is_not_there_yet_keeps_nobody_from_starting() -> None:
    for url in (empty_database("sqlite"), "postgresql://nobody@127.0.0.1:1/none"):
        require_keys(Database(make_engine(url)), ONLY_NEW)


@pytest.mark.parametrize("command", [["run"], ["serve"], ["worker", "run"], ["worker", "--once", "deliver"]])
def test_f15_every_command_that_works_with_secrets_says_why_it_does_not(
    tmp_path: Path, account_id: str, command: list[str]
) -> None:
    url = fresh_database("sqlite")
    service = Service(url, tmp_path, keys=ONLY_NEW)
    with service.client("wallet") as wallet:
        Owner(wallet, service.clock, account_id).enrol()
    service.stop()
    environment = os.environ | {
        "SECMON_DATABASE_URL": url,
        "SECMON_VAR_DIR": str(tmp_path),
        "SECMON_KEYS": f"other={b64encode(NEW).decode()}",
    }
    done = subprocess.run(
        [sys.executable, "-m", "secmon", *command],
        env=environment,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 2
    assert "secmon cannot start" in done.stderr
    assert "totp_authenticators.seed lies under the key new, which is missing" in done.stderr
