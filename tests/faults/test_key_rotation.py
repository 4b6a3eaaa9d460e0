"""R07: the key is changed while two processes go on verifying; killed in its middle, it is done again."""

from __future__ import annotations

import os
import re
import signal
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from sqlalchemy import select

from secmon.core.actor import SYSTEM
from secmon.database.engine import Database, make_engine
from secmon.keys.rotation import BATCH
from secmon.sealing.key_files import lines_of, parse_keys
from secmon.sealing.keyring import KeyRing
from secmon.twofactor.models import TotpAuthenticator
from secmon.twofactor.totp import seed_context
from tests.databases import fresh_database
from tests.faults.databases import connected
from tests.faults.keys_changed import Pair, ended, enrolled_long_ago, keys_command
from tests.faults.waiting import until
from tests.processes import environment_of

BEFORE_THE_KILL = 5 * BATCH
IDS = [f"acct-{number:05}" for number in range(2 * BEFORE_THE_KILL)]
HOLD = "SELECT FROM second_factors WHERE account_id = %s FOR UPDATE"
WAITING = "SELECT count(*) FROM pg_locks WHERE NOT granted AND locktype IN ('transactionid', 'tuple')"


class Place:
    """A database, and the key file beside it."""

    def __init__(self, directory: Path) -> None:
        self.key_file = directory / "keys"
        self.url = fresh_database("postgresql")
        chosen = {"SECMON_DATABASE_URL": self.url, "SECMON_KEYS": "", "SECMON_VAR_DIR": str(directory)}
        self.environment = os.environ | chosen
        self.types("add")
        self.environment = environment_of(self.url, directory, SECMON_KEYS="")
        self.database = Database(make_engine(self.url))

    def types(self, *arguments: str) -> str:
        return ended(keys_command(self.environment, *arguments))

    def keys(self) -> KeyRing:
        return parse_keys(",".join(lines_of(self.key_file)))

    def remove_the_old_key(self) -> None:
        self.key_file.write_text(lines_of(self.key_file)[0])

    def seeds(self) -> dict[str, bytes]:
        query = select(TotpAuthenticator.account_id, TotpAuthenticator.seed)
        with self.database.work(SYSTEM, write=False) as work:
            return {row.account_id: row.seed for row in work.session.execute(query)}

    def under(self) -> Counter[str]:
        """How many seeds lie under each key."""
        return Counter(map(self.keys().key_of, self.seeds().values()))


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Place]:
    place = Place(tmp_path)
    yield place
    place.database.dispose()


@pytest.fixture
def pair(place: Place) -> Iterator[Pair]:
    """Both services, and many that were enrolled before; started since the new key was added."""
    apps = enrolled_long_ago(place.database, place.keys(), IDS)
    assert "restart every process" in place.types("add")
    with ExitStack() as stack:
        yield Pair(stack, place.environment, apps)


def test_R07_a_key_is_changed_under_working_processes_and_a_kill_costs_nothing(
    place: Place, pair: Pair
) -> None:
    """In the order of docs/two-factor.md, with a key file."""
    _kill_in_the_middle(place, pair)
    assert place.under() == {"k2": BEFORE_THE_KILL, "k1": BEFORE_THE_KILL + len(pair.newcomers)}
    _rotate_while_all_go_on(place, pair)
    pair.go_on()
    assert _said_of("k1", place.types("status")) == "still needed"
    pair.start_anew()
    place.types("rotate")
    assert _said_of("k1", place.types("status")).startswith("not needed: may be removed")
    place.remove_the_old_key()
    pair.start_anew()
    pair.verify_all(most=20)
    assert place.under() == {"k2": len(IDS) + len(pair.newcomers)}
    for account_id, seed in place.seeds().items():
        place.keys().decrypt(seed, seed_context(account_id))


def _kill_in_the_middle(place: Place, pair: Pair) -> None:
    """At a row that somebody else holds, the first of its batch."""
    with connected(place.url) as holding, connected(place.url) as watching, holding.transaction():
        holding.execute(HOLD, [IDS[BEFORE_THE_KILL]])
        rotating = keys_command(place.environment, "rotate", "k2")
        until(lambda: watching.execute(WAITING).fetchone() != (0,), "it waits for the row")
        rotating.kill()
        rotating.communicate()
        assert rotating.returncode == -signal.SIGKILL
        pair.go_on()


def _rotate_while_all_go_on(place: Place, pair: Pair) -> None:
    """Run again, it moves what is left."""
    left = place.under()["k1"]
    rotating = keys_command(place.environment, "rotate", "k2")
    while rotating.poll() is None:
        pair.go_on()
    moved = re.search(r"totp_authenticators\.seed +([0-9,]+) moved +0 unreadable", ended(rotating))
    assert moved is not None
    assert int(moved[1].replace(",", "")) >= left


def _said_of(key: str, status: str) -> str:
    found = re.search(rf"^{key} +[0-9,]+ (.*)$", status, re.MULTILINE)
    assert found is not None, status
    return found[1]
