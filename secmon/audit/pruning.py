"""Shortening chains that are older than records are kept: from the front, leaving an anchor to prove from.

The newest of the old entries stays, as the first link that is left. Its hash says how old it is, and so
how old everything before it was: a cut among younger entries shows, whatever its anchor says. This is for
whoever owns the tables; the application's role may neither delete an entry nor place an anchor.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, Row, bindparam, case, delete, func, select, tuple_

from secmon.audit.models import AuditAnchor, AuditEntry, AuditReason
from secmon.database.retention import Held
from secmon.database.rows import ROWS, encode, given_rows
from secmon.database.tables import ACCOUNT_ID
from secmon.database.upsert import insert_for
from secmon.database.work import Work

BATCH = 1_000
# Any constant will do: one prunes at a time.
_ADVISORY_LOCK = 7_365_636_002

_KEY = (AuditEntry.occurred_at, AuditEntry.account_id, AuditEntry.sequence)
Position = tuple[datetime, str, int]


@dataclass(frozen=True, slots=True)
class Pruned:
    """What a batch removed, and where the next one goes on; None: there is no older entry behind it."""

    entries: int
    reached: Position | None


def prune(work: Work, before: datetime, held: Held, after: Position | None = None) -> Pruned:
    """Looks at the `BATCH` oldest entries behind `after`, and removes those older than `before`.

    Chains of accounts under legal hold stay as they are.
    """
    if work.dialect.name == "postgresql":
        work.session.execute(select(func.pg_advisory_xact_lock(_ADVISORY_LOCK)))
    oldest = select(*_KEY).where(AuditEntry.occurred_at < before, ~held(AuditEntry.account_id))
    if after is not None:
        oldest = oldest.where(tuple_(*_KEY) > after)
    rows = work.session.execute(oldest.order_by(*_KEY).limit(BATCH)).all()
    if not rows:
        return Pruned(0, None)
    reached: dict[str, int] = {}
    for _, account_id, sequence in rows:
        reached[account_id] = max(sequence, reached.get(account_id, 0))
    cuts = _cuts(work, reached, before)
    occurred_at, account_id, sequence = rows[-1]
    return Pruned(_cut(work, cuts), (occurred_at, account_id, sequence))


def _cuts(work: Work, reached: dict[str, int], before: datetime) -> list[Row[*tuple[Any, ...]]]:
    """(account_id, sequence, hash) of the last entry to remove, of each chain that has one to remove."""
    dialect = work.dialect
    given = given_rows(dialect.name, {"account_id": ACCOUNT_ID, "reached": BigInteger()})
    of_chain = AuditEntry.account_id == given.c.account_id
    young = select(func.min(AuditEntry.sequence)).where(of_chain, AuditEntry.occurred_at >= before)
    newest = select(func.max(AuditEntry.sequence)).where(of_chain)
    last_old = func.coalesce(young.scalar_subquery() - 1, newest.scalar_subquery())
    bounds = select(given.c.account_id, given.c.reached, (last_old - 1).label("bound")).subquery()
    lower = case((bounds.c.reached < bounds.c.bound, bounds.c.reached), else_=bounds.c.bound)
    cuts = select(AuditEntry.account_id, AuditEntry.sequence, AuditEntry.hash).join(
        bounds, (AuditEntry.account_id == bounds.c.account_id) & (AuditEntry.sequence == lower)
    )
    return list(work.session.execute(cuts, {ROWS: encode(list(reached.items()), dialect)}))


def _cut(work: Work, cuts: list[Row[*tuple[Any, ...]]]) -> int:
    """Places the anchors, and removes what lies before them; answers how many entries that were."""
    if not cuts:
        return 0
    connection = work.session.connection()
    insert = insert_for(connection.dialect.name, AuditAnchor)
    moved = {name: insert.excluded[name] for name in ("sequence", "hash", "pruned_at")}
    anchors = [
        {"account_id": account_id, "sequence": sequence, "hash": hashed, "pruned_at": work.now}
        for account_id, sequence, hashed in cuts
    ]
    connection.execute(insert.on_conflict_do_update(index_elements=["account_id"], set_=moved), anchors)
    upto = [{"of": account_id, "last": sequence} for account_id, sequence, _ in cuts]
    gone = [
        connection.execute(
            delete(table).where(table.account_id == bindparam("of"), table.sequence <= bindparam("last")),
            upto,
        ).rowcount
        for table in (AuditReason, AuditEntry)
    ]
    return gone[-1]
