"""Proving the checkpoints: each follows the one before it, and every chain still holds the heads of then."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from joserfc.jwk import ECKey
from sqlalchemy import Row, select

from secmon.audit import record_keys, statement
from secmon.audit.models import AuditAnchor, AuditCheckpoint, AuditCheckpointHead, AuditEntry
from secmon.audit.statement import CheckpointRefused, Statement
from secmon.database.work import Work
from secmon.sealing.keyring import KeyRing

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


@dataclass(frozen=True, slots=True)
class Proof:
    """How many checkpoints hold, and what stopped the walk over them: a sentence."""

    checkpoints: int
    flaw: str | None = None


def prove(work: Work, ring: KeyRing, kept: bytes | None = None) -> Proof:
    """Walks all checkpoints; `kept` is the file of one that was kept elsewhere, and must be among them."""
    keys = record_keys.trusted(work, ring)
    count, last = 0, None
    wanted = None
    try:
        wanted = None if kept is None else statement.read_file(kept, keys)
    except CheckpointRefused as refused:
        return Proof(0, f"the checkpoint in the file: {refused}")
    met = False
    for row in _rows(work):
        try:
            said = _following(work, row, last, keys)
        except CheckpointRefused as refused:
            return Proof(count, f"checkpoint {row.number}: {refused}")
        met, last, count = met or said == wanted, said, count + 1
    if wanted is not None and not met:
        return Proof(
            count, f"checkpoint {wanted.number} of the file is not, or is another one, in the database"
        )
    return Proof(count)


def _following(work: Work, row: AuditCheckpoint, last: Statement | None, keys: list[ECKey]) -> Statement:
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
