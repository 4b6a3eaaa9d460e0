"""Checkpoints of the chains, made and proven.

They are made piece by piece, each of a bounded number of entries, a short transaction a piece.

Entries are passed in the order of their time. One whose transaction began before, and ended after, it was
passed is stood for by the next entry of its chain. They are proven one after the other: each follows the one
before it, and every chain still holds the heads of then.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from joserfc.jwk import ECKey
from sqlalchemy import ColumnElement, Row, delete, func, insert, select, tuple_

from secmon.audit import record_keys, statement
from secmon.audit.models import AuditAnchor, AuditCheckpoint, AuditCheckpointHead, AuditEntry
from secmon.audit.statement import CheckpointRefused, CheckpointStatement
from secmon.database.work import Work
from secmon.sealing.keyring import KeyRing

ENTRIES_A_PIECE = 5_000
EVERY = timedelta(days=1)
# No transaction takes longer, nor are two machines' clocks further apart.
SETTLED_AFTER = timedelta(minutes=2)
# Any constant will do: one makes a checkpoint at a time.
_ADVISORY_LOCK = 7_365_636_004

_KEY = (AuditEntry.occurred_at, AuditEntry.account_id, AuditEntry.sequence)
# Up to where a checkpoint knows the chain of an entry: a column for whoever selects entries.
COVERED = (
    select(func.max(AuditCheckpointHead.sequence))
    .where(AuditCheckpointHead.account_id == AuditEntry.account_id)
    .correlate(AuditEntry)
    .scalar_subquery()
)
CHECKPOINTS_A_READ = 100
_HEADS = (
    select(
        AuditCheckpointHead.account_id,
        AuditCheckpointHead.sequence,
        AuditCheckpointHead.hash,
        AuditEntry.hash.label("found"),
        AuditAnchor.sequence.label("cut_at"),
    )
    .outerjoin(
        AuditEntry,
        (AuditEntry.account_id == AuditCheckpointHead.account_id)
        & (AuditEntry.sequence == AuditCheckpointHead.sequence),
    )
    .outerjoin(AuditAnchor, AuditAnchor.account_id == AuditCheckpointHead.account_id)
)


def make_due(work: Work, ring: KeyRing) -> int:
    """The worker's: the next piece, where the last whole round is a day old or one is under way."""
    _lock(work)
    last = _last(work, record_keys.trusted(work, ring))
    if last is not None and last.complete and work.now < datetime.fromisoformat(last.made_at) + EVERY:
        return 0
    _make(work, ring, last)
    return 1


def make(work: Work, ring: KeyRing) -> tuple[CheckpointStatement, str]:
    """The next piece and its signature; the round is done where it is `complete`.

    Raises `CheckpointRefused` where the last one is not this service's: there is nothing to go on from.
    """
    _lock(work)
    return _make(work, ring, _last(work, record_keys.trusted(work, ring)))


def reached(work: Work) -> datetime | None:
    """Up to when every entry was looked at; by what is stored, which `proving` proves."""
    return work.session.scalar(select(func.max(AuditCheckpoint.through)))


def prune(work: Work, before: datetime, limit: int) -> int:
    """Removes the oldest checkpoints of before then, but never the last; for the role that owns them."""
    newest = select(func.max(AuditCheckpoint.number)).scalar_subquery()
    old = select(AuditCheckpoint.number).where(
        AuditCheckpoint.made_at < before, AuditCheckpoint.number < newest
    )
    numbers = work.session.scalars(old.order_by(AuditCheckpoint.number).limit(limit)).all()
    for table in (AuditCheckpointHead, AuditCheckpoint):
        work.session.execute(delete(table).where(table.number.in_(numbers)))
    return len(numbers)


def _lock(work: Work) -> None:
    if work.dialect.name == "postgresql":
        work.session.execute(select(func.pg_advisory_xact_lock(_ADVISORY_LOCK)))


def _last(work: Work, keys: list[ECKey]) -> CheckpointStatement | None:
    row = work.session.scalar(select(AuditCheckpoint).order_by(AuditCheckpoint.number.desc()).limit(1))
    return None if row is None else statement.read(row.statement, row.signature, keys)


def _make(work: Work, ring: KeyRing, last: CheckpointStatement | None) -> tuple[CheckpointStatement, str]:
    until = work.now - SETTLED_AFTER
    entries = select(*_KEY, AuditEntry.hash).where(AuditEntry.occurred_at <= until, *_behind(last))
    rows = work.session.execute(entries.order_by(*_KEY).limit(ENTRIES_A_PIECE)).all()
    heads: dict[str, tuple[int, bytes]] = {}
    for _, account_id, sequence, hashed in rows:
        heads[account_id] = max((sequence, hashed), heads.get(account_id, (0, b"")))
    made = CheckpointStatement(
        number=1 if last is None else last.number + 1,
        made_at=work.now.isoformat(),
        previous=None if last is None else last.own_digest(),
        heads=len(heads),
        digest=statement.digest_of(heads),
        **_position(rows, until, last),
    )
    return made, _store(work, ring, made, heads)


def _behind(last: CheckpointStatement | None) -> list[ColumnElement[bool]]:
    if last is None:
        return []
    if last.complete:
        return [AuditEntry.occurred_at > last.through_at()]
    return [tuple_(*_KEY) > (last.through_at(), last.account_id, last.sequence)]


def _position(rows: Any, until: datetime, last: CheckpointStatement | None) -> dict[str, Any]:
    if len(rows) == ENTRIES_A_PIECE:
        at, account_id, sequence, _ = rows[-1]
        return {
            "through": at.isoformat(),
            "complete": False,
            "account_id": account_id,
            "sequence": sequence,
        }
    # A clock that was put back makes no entry be passed twice.
    through = until if last is None else max(until, last.through_at())
    return {"through": through.isoformat(), "complete": True}


def _store(work: Work, ring: KeyRing, made: CheckpointStatement, heads: dict[str, tuple[int, bytes]]) -> str:
    signature = statement.sign(made, record_keys.ensure(work, ring))
    row = {
        "number": made.number,
        "made_at": work.now,
        "through": made.through_at() if made.complete else None,
        "statement": made.text(),
        "signature": signature,
    }
    connection = work.session.connection()
    connection.execute(insert(AuditCheckpoint).values(row))
    if heads:
        connection.execute(
            insert(AuditCheckpointHead),
            [
                {"account_id": account_id, "number": made.number, "sequence": sequence, "hash": hashed}
                for account_id, (sequence, hashed) in heads.items()
            ],
        )
    return signature


@dataclass(frozen=True, slots=True)
class CheckpointsProof:
    """How many checkpoints hold, and what stopped the walk over them: a sentence."""

    checkpoints: int
    flaw: str | None = None


def prove(work: Work, ring: KeyRing, kept: bytes | None = None) -> CheckpointsProof:
    """Walks all checkpoints; `kept` is the file of one that was kept elsewhere, and must be among them."""
    keys = record_keys.trusted(work, ring)
    count, last = 0, None
    wanted = None
    try:
        wanted = None if kept is None else statement.read_file(kept, keys)
    except CheckpointRefused as refused:
        return CheckpointsProof(0, f"the checkpoint in the file: {refused}")
    met = False
    for row in _rows(work):
        try:
            said = _following(work, row, last, keys)
        except CheckpointRefused as refused:
            return CheckpointsProof(count, f"checkpoint {row.number}: {refused}")
        met, last, count = met or said == wanted, said, count + 1
    if wanted is not None and not met:
        return CheckpointsProof(
            count, f"checkpoint {wanted.number} of the file is not, or is another one, in the database"
        )
    return CheckpointsProof(count)


def _following(
    work: Work, row: AuditCheckpoint, last: CheckpointStatement | None, keys: list[ECKey]
) -> CheckpointStatement:
    said = statement.read(row.statement, row.signature, keys)
    # The first that is left may follow one that was as old as records are kept.
    follows = last is None or (said.number == last.number + 1 and said.previous == last.own_digest())
    if said.number != row.number or not follows:
        raise CheckpointRefused("does not follow the one before it")
    heads = {}
    for head in work.session.execute(_HEADS.where(AuditCheckpointHead.number == row.number)):
        heads[head.account_id] = (head.sequence, head.hash)
        if why := _flaw_of(head):
            raise CheckpointRefused(why)
    if len(heads) != said.heads or statement.digest_of(heads) != said.digest:
        raise CheckpointRefused("its list of heads is not the one that was signed")
    return said


def _flaw_of(head: Row[*tuple[Any, ...]]) -> str | None:
    if head.found == head.hash or (head.cut_at is not None and head.cut_at >= head.sequence):
        return None
    became = "is gone" if head.found is None else "is another one"
    return f"entry {head.sequence} of account {head.account_id} {became}"


def _rows(work: Work) -> Iterator[AuditCheckpoint]:
    after = 0
    while True:
        query = select(AuditCheckpoint).where(AuditCheckpoint.number > after)
        rows = work.session.scalars(query.order_by(AuditCheckpoint.number).limit(CHECKPOINTS_A_READ)).all()
        yield from rows
        if len(rows) < CHECKPOINTS_A_READ:
            return
        after = rows[-1].number
