"""Proving the chains: every link is recomputed from what is stored, in one walk over the table.

A pruned chain is proven from its anchor on. That the service wrote an entry, its MAC says, or that it is from
before there were MACs.
"""

from __future__ import annotations

import hmac
import uuid
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Row, exists, select, tuple_

from secmon.audit import chain, checkpoints, sealing
from secmon.audit.models import AuditAnchor, AuditEntry, AuditKey, AuditReason
from secmon.audit.sealing import MacKey
from secmon.database.retention import LEAST_RECORDS_DAYS
from secmon.database.work import Work
from secmon.sealing.keyring import KeyRingError

ERASED = "account.erased"
ROWS_A_READ = 5_000
LEAST_KEPT = timedelta(days=LEAST_RECORDS_DAYS)
# Clocks of several machines differ, and a chain may be pruned while it is walked.
CLOCK_SKEW = timedelta(days=1)

_ROWS = (
    select(
        *AuditEntry.__table__.columns,
        AuditReason.salt,
        AuditReason.reason,
        AuditReason.personal,
        AuditAnchor.sequence.label("cut_at"),
        AuditAnchor.hash.label("cut_hash"),
        AuditAnchor.pruned_at,
        checkpoints.COVERED.label("covered"),
    )
    .outerjoin(
        AuditReason,
        (AuditReason.account_id == AuditEntry.account_id) & (AuditReason.sequence == AuditEntry.sequence),
    )
    .outerjoin(AuditAnchor, AuditAnchor.account_id == AuditEntry.account_id)
    .order_by(AuditEntry.account_id, AuditEntry.sequence)
    .limit(ROWS_A_READ)
)


@dataclass(frozen=True, slots=True)
class Flaw:
    """The first link that does not hold, and why."""

    account_id: str
    sequence: int
    why: str


@dataclass(frozen=True, slots=True)
class Verification:
    """How far the walk came, and what stopped it."""

    entries: int
    chains: int
    flaw: Flaw | None = None


@dataclass(slots=True)
class _Walk:
    """Where the walk is in one chain; `unexplained` are entries whose reason is gone."""

    account_id: str
    now: datetime
    vouched: Vouched
    sequence: int = 0
    hash: bytes = chain.GENESIS
    unexplained: list[int] = field(default_factory=list)

    def step(self, row: Row[*tuple[Any, ...]]) -> str | None:
        """Takes the next link, or says what is wrong with it."""
        if why := self._pass_cut(row) or self._flaw_of(row) or self.vouched.flaw_of(row):
            return why
        if row.reason is None and row.reason_digest is not None:
            self.unexplained.append(row.sequence)
        if row.action == ERASED:
            self.unexplained.clear()
        self.sequence, self.hash = row.sequence, row.hash
        return None

    def _pass_cut(self, row: Row[*tuple[Any, ...]]) -> str | None:
        """What is pruned is passed over; the first link that is left is old, or it was no pruning."""
        if row.cut_at is None or row.cut_at <= self.sequence:
            return None
        self.sequence, self.hash = row.cut_at, row.cut_hash
        if row.occurred_at + LEAST_KEPT <= row.pruned_at <= self.now + CLOCK_SKEW:
            return None
        return "entries before it were removed sooner than any may be"

    def _flaw_of(self, row: Row[*tuple[Any, ...]]) -> str | None:
        if row.sequence != self.sequence + 1:
            return f"entry {self.sequence + 1} is missing"
        if row.previous_hash != self.hash:
            return "does not follow the entry before it"
        if _link(row).hash() != row.hash:
            return "was changed after it was written"
        if row.reason is None:
            return None
        if chain.commitment(row.salt, row.reason, row.personal) != row.reason_digest:
            return "its reason was changed after it was written"
        return None

    def end(self) -> Flaw | None:
        """Only an erasure takes reasons away, and it leaves an entry behind."""
        if not self.unexplained:
            return None
        return Flaw(self.account_id, self.unexplained[0], "its reason is gone, and no erasure was recorded")


def verify(
    work: Work, account_id: str | None = None, progress: Callable[[int], None] | None = None
) -> Verification:
    """Walks all chains, or one; stops at the first flaw. `progress` hears the count after each read.

    Raises `KeyRingError` where the audit is sealed, and `work` has no keys that open it.
    """
    macs = vouched(work)
    entries, chains, walk = 0, 0, _Walk("", work.now, macs)
    for rows in _reads(work, account_id):
        for row in rows:
            if row.account_id != walk.account_id:
                if flaw := walk.end():
                    return Verification(entries, chains, flaw)
                chains, walk = chains + 1, _Walk(row.account_id, work.now, macs)
            if why := walk.step(row):
                return Verification(entries, chains, Flaw(row.account_id, row.sequence, why))
            entries += 1
        if progress is not None:
            progress(entries)
    return Verification(entries, chains, walk.end() or _emptied(work, account_id))


def _emptied(work: Work, account_id: str | None) -> Flaw | None:
    """An anchor behind which nothing is left: pruning never takes the last entry."""
    left = exists().where(AuditEntry.account_id == AuditAnchor.account_id)
    query = select(AuditAnchor.account_id, AuditAnchor.sequence).where(~left)
    if account_id is not None:
        query = query.where(AuditAnchor.account_id == account_id)
    found = work.session.execute(query.limit(1)).first()
    return None if found is None else Flaw(found[0], found[1] + 1, f"entry {found[1] + 1} is missing")


def _reads(work: Work, account_id: str | None) -> Iterator[list[Row[*tuple[Any, ...]]]]:
    query = _ROWS if account_id is None else _ROWS.where(AuditEntry.account_id == account_id)
    rows = list(work.session.execute(query))
    while rows:
        yield rows
        key = tuple_(AuditEntry.account_id, AuditEntry.sequence)
        rows = list(work.session.execute(query.where(key > (rows[-1].account_id, rows[-1].sequence))))


def _link(row: Row[*tuple[Any, ...]]) -> chain.ChainLink:
    return chain.ChainLink(
        account_id=row.account_id,
        sequence=row.sequence,
        occurred_at=row.occurred_at.isoformat(),
        action=row.action,
        actor_id=row.actor_id,
        actor_kind=row.actor_kind,
        actor_name=row.actor_name,
        address=row.address,
        subject=row.subject,
        facts=row.facts,
        reason_digest=None if row.reason_digest is None else row.reason_digest.hex(),
        previous_hash=row.previous_hash.hex(),
    )


@dataclass(frozen=True, slots=True)
class Vouched:
    """What entries are judged by: the audit's keys, since when each entry needs one, and how far the
    checkpoints reach. `binding_from` None: there is no key yet, and nothing was ever MACed.
    """

    keys: Mapping[uuid.UUID, MacKey]
    binding_from: datetime | None
    reached: datetime | None

    def flaw_of(self, row: Row[*tuple[Any, ...]]) -> str | None:
        """What is wrong with an entry whose hash is right."""
        if row.mac is None:
            return self._unsealed(row)
        key = self.keys.get(row.key_id)
        if key is None or not hmac.compare_digest(key.mac(row.hash), row.mac):
            return "was not written by the service: its MAC is wrong"
        return None

    def _unsealed(self, row: Row[*tuple[Any, ...]]) -> str | None:
        """Old enough to have none, and not dated back: what was there then, the checkpoints know."""
        if self.binding_from is None:
            return None
        if row.occurred_at >= self.binding_from:
            return "was not written by the service: it has no MAC"
        passed = self.reached is not None and row.occurred_at <= self.reached
        if passed and (row.covered is None or row.sequence > row.covered):
            return "was not written by the service: it has no MAC, and was not there when it says that it was"
        return None


def vouched(work: Work) -> Vouched:
    """Raises `KeyRingError` where the audit is sealed, and `work` has no keys that open it."""
    if work.recorder is None:
        if work.session.scalar(select(exists().where(AuditKey.key_id.is_not(None)))):
            raise KeyRingError("the audit is sealed: to prove it takes the key ring")
        return Vouched({}, None, None)
    keys = sealing.opened(work, work.recorder.keys)
    binding_from = min((key.binding_from for key in keys), default=None)
    return Vouched({key.key_id: key for key in keys}, binding_from, checkpoints.reached(work))
