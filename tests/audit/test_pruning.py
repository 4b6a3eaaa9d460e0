"""R30: the audit goes after ten years, each chain from its front, and what is left still holds."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from click.testing import CliRunner
from sqlalchemy import select

from secmon.audit import pruning
from secmon.audit import service as audit
from secmon.audit.models import AuditEntry, AuditReason
from secmon.audit.verify import ERASED, ROWS_A_READ, Verification, verify
from secmon.cases import changing
from secmon.cases import service as cases
from secmon.cases.service import holds
from secmon.cases.states import CaseChannel
from secmon.cli.main import root
from secmon.core.actor import SYSTEM
from secmon.core.clock import system_clock
from secmon.core.working_time import WorkingCalendar
from secmon.database.engine import Database, make_engine
from secmon.freezes.reasons import FreezeReason
from secmon.freezes.service import Cause, freeze
from tests.audit.aged import (
    DAY,
    LONG_AGO,
    TEN_YEARS,
    at,
    four_old_and_two_young,
    left,
    prune,
    record,
    verdict,
)
from tests.databases import fresh_database


@pytest.fixture(params=["sqlite", "postgresql"])
def database(request: pytest.FixtureRequest) -> Iterator[Database]:
    opened = Database(make_engine(fresh_database(request.param)))
    yield opened
    opened.dispose()


def test_R30_old_entries_go_and_the_rest_still_holds(database: Database) -> None:
    """The newest of the old ones stays: its hash says that those before it were old as well."""
    chain = four_old_and_two_young(database)
    assert prune(database) == 3
    assert left(database) == left(database, AuditReason) == [(chain, 4), (chain, 5), (chain, 6)]
    assert verdict(database) == Verification(3, 1)
    assert prune(database) == 0


def test_the_newest_entry_stays_and_the_chain_goes_on_from_it(database: Database) -> None:
    for account_id, count in (("a", 3), ("b", 1), (None, 2)):
        record(at(database, LONG_AGO), account_id, count)
    assert prune(database) == 3
    record(database, "a", 1)
    assert left(database) == [("@service", 2), ("a", 3), ("a", 4), ("b", 1)]
    assert verdict(database) == Verification(4, 3)


def test_a_chain_is_pruned_again_as_it_grows_older(database: Database) -> None:
    for nth in range(3):
        record(at(database, LONG_AGO + 1000 * nth * DAY), "a", 2)
    for nth, first in ((1, 2), (2, 4), (3, 6)):
        prune(at(database, LONG_AGO + TEN_YEARS + (1000 * nth - 1) * DAY))
        assert left(database)[0] == ("a", first)
        assert verdict(database).flaw is None


def test_only_the_front_of_a_chain_goes(database: Database) -> None:
    """After a clock that went back, entries look old that lie behind young ones."""
    for then in (LONG_AGO, LONG_AGO + DAY, system_clock(), LONG_AGO + 2 * DAY, LONG_AGO + 3 * DAY):
        record(at(database, then), "a", 1)
    assert prune(database) == 1
    assert left(database) == [("a", 2), ("a", 3), ("a", 4), ("a", 5)]
    assert verdict(database) == Verification(4, 1)


def test_more_than_a_batch_goes_in_several(database: Database) -> None:
    record(at(database, LONG_AGO), "a", pruning.BATCH + 2)
    record(at(database, LONG_AGO + DAY), "b", 2)
    with database.work(SYSTEM) as work:
        batch = pruning.prune(work, work.now - TEN_YEARS, holds)
    assert batch.entries == pruning.BATCH
    assert prune(database) == 2
    assert left(database) == [("a", pruning.BATCH + 2), ("b", 2)]
    assert verdict(database) == Verification(2, 2)


def test_R30_an_open_case_holds_its_accounts_chain(database: Database) -> None:
    calendar = WorkingCalendar()
    record(at(database, LONG_AGO), "free", 3)
    with at(database, LONG_AGO).work(SYSTEM) as work:
        case_id = freeze(
            work, "held", Cause(FreezeReason.DEVICE_LOST, CaseChannel.HOTLINE), calendar
        ).case.case_id
    held = [entry for entry in left(database) if entry[0] == "held"]
    assert prune(database) == 2
    assert left(database) == [("free", 3), *held]
    with at(database, LONG_AGO).work(SYSTEM) as work:
        cases.release_freeze(work, "held", case_id)
        for status in ("investigating", "resolved", "closed"):
            changing.change(work, cases.lock(work, case_id), calendar, {"status": status})
    assert prune(database) > 0
    assert [entry[0] for entry in left(database)] == ["free", "held"]
    assert verdict(database).flaw is None


def test_an_erased_accounts_chain_is_pruned_too(database: Database) -> None:
    record(at(database, LONG_AGO), "a", 3)
    with at(database, LONG_AGO + DAY).work(SYSTEM) as work:
        audit.erase(work, "a")
        audit.record(work, "a", ERASED)
    assert prune(database) == 3
    assert verdict(database) == Verification(1, 1)


def test_a_chain_is_proven_while_it_is_pruned(database: Database) -> None:
    """Between two reads of the proof, what the first has seen and the second would see is pruned."""
    record(at(database, LONG_AGO), "a", ROWS_A_READ + 500)
    heard: list[int] = []

    def prune_now(count: int) -> None:
        heard.append(count)
        if len(heard) == 1:
            assert prune(database) == ROWS_A_READ + 499

    with database.work(SYSTEM, write=False) as work:
        assert verify(work, "a", prune_now).flaw is None
    assert verdict(database) == Verification(1, 1)


def test_the_command_prunes_and_is_recorded(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    record(at(database, LONG_AGO), "a", pruning.BATCH + 2)
    monkeypatch.setenv("SECMON_DATABASE_URL", database.engine.url.render_as_string(hide_password=False))
    monkeypatch.setenv("SECMON_KEYS", f"test={'A' * 43}=")
    pruned = CliRunner().invoke(root, ["audit", "prune"])
    assert (pruned.exit_code, pruned.output) == (0, f"{pruning.BATCH + 1:,} entries removed\n")
    verified = CliRunner().invoke(root, ["audit", "verify"])
    assert (verified.exit_code, "2 entries in 2 chains: every link holds" in verified.output) == (0, True)
    with database.work(SYSTEM, write=False) as work:
        actions = list(work.session.scalars(select(AuditEntry.action).where(AuditEntry.account_id != "a")))
    assert actions == ["audit.pruned"]
