"""R52: the rounds in which checkpoints are made, and what they leave when records grow old."""

from __future__ import annotations

from datetime import timedelta

from joserfc import jws
from sqlalchemy import func, select

from secmon.audit import checkpoints, record_keys
from secmon.audit.models import (
    AuditAnchor,
    AuditCheckpoint,
    AuditCheckpointHead,
)
from secmon.clients import signing_keys
from secmon.core.actor import SYSTEM
from secmon.database.engine import Database
from secmon.rooms.duty import in_one_work
from tests.audit import aged
from tests.audit.checkpointing import KEYS, flaw, make, stored
from tests.service import FakeClock

HOUR = timedelta(hours=1)


def test_each_names_the_chains_that_grew_since_the_one_before(two_chains: Database, clock: FakeClock) -> None:
    make(two_chains)
    aged.record(two_chains, "b", 1)
    clock.advance(HOUR)
    make(two_chains)
    heads = select(AuditCheckpointHead.account_id, AuditCheckpointHead.sequence)
    with two_chains.work(SYSTEM, write=False) as work:
        second = work.session.execute(heads.where(AuditCheckpointHead.number == 2)).all()
    assert [tuple(head) for head in second] == [("b", 4)]
    assert flaw(two_chains) is None


def test_many_entries_are_passed_piece_by_piece(two_chains: Database, clock: FakeClock) -> None:
    aged.record(two_chains, "c", checkpoints.ENTRIES_A_PIECE)
    clock.advance(HOUR)
    daily = in_one_work(lambda work: checkpoints.make_due(work, KEYS))
    assert [daily(two_chains) for _ in range(3)] == [1, 1, 0]
    assert flaw(two_chains) is None
    with two_chains.work(SYSTEM, write=False) as work:
        seen = work.session.execute(
            select(AuditCheckpointHead.account_id, func.max(AuditCheckpointHead.sequence)).group_by(
                AuditCheckpointHead.account_id
            )
        )
        assert {row[0]: row[1] for row in seen} == {"a": 3, "b": 3, "c": checkpoints.ENTRIES_A_PIECE}


def test_the_worker_makes_one_a_day_whether_or_not_something_happened(
    two_chains: Database, clock: FakeClock
) -> None:
    daily = in_one_work(lambda work: checkpoints.make_due(work, KEYS))
    assert [daily(two_chains), daily(two_chains)] == [1, 0]
    clock.advance(23 * HOUR)
    assert daily(two_chains) == 0
    clock.advance(HOUR)
    assert [daily(two_chains), daily(two_chains)] == [1, 0]
    assert stored(two_chains) == 2


def test_what_was_pruned_was_not_cut(two_chains: Database, clock: FakeClock) -> None:
    make(two_chains)
    clock.advance(timedelta(days=300))
    aged.record(two_chains, "a", 1)
    clock.advance(timedelta(days=3600))
    aged.record(two_chains, "a", 1)
    assert aged.prune(two_chains) > 0
    with two_chains.work(SYSTEM, write=False) as work:
        assert work.session.scalar(select(func.count()).select_from(AuditAnchor)) == 2
    assert flaw(two_chains) is None


def test_old_checkpoints_go_with_old_entries(two_chains: Database, clock: FakeClock) -> None:
    make(two_chains)
    clock.advance(timedelta(days=4000))
    for _ in range(2):
        make(two_chains)
    with two_chains.work(SYSTEM) as work:
        assert checkpoints.prune(work, work.now - timedelta(days=3653), 10) == 1
    assert (stored(two_chains), flaw(two_chains)) == (2, None)


def test_they_are_signed_with_the_records_own_keys(two_chains: Database, clock: FakeClock) -> None:
    with two_chains.work(SYSTEM) as work:
        signing_keys.ensure(work, KEYS)
    make(two_chains)
    clock.advance(HOUR)
    with two_chains.work(SYSTEM) as work:
        record_keys.add(work, KEYS)
    make(two_chains)
    with two_chains.work(SYSTEM, write=False) as work:
        newest_first = select(AuditCheckpoint.signature).order_by(AuditCheckpoint.number.desc())
        signers = [signer_of(signature) for signature in work.session.scalars(newest_first)]
        assert signers == [key.thumbprint() for key in record_keys.trusted(work, KEYS)]
    # What the former key signed is still good.
    assert flaw(two_chains) is None


def signer_of(signature: str) -> str:
    return str(jws.extract_compact(signature.encode()).headers()["kid"])
