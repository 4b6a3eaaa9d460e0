"""Deleting what is kept for a while only: oldest first, a batch a transaction, and nothing that is held.

A batch locks the rows that it deletes and no other, and skips those that are locked: it makes no request
wait, and several workers share the work. What it does not finish it finds again.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, any_, delete, func, literal_column, select
from sqlalchemy.orm import InstrumentedAttribute

from secmon.database.tables import Base
from secmon.database.work import Work

# A login older than 30 days is history when it comes in, and alarms nobody. An event that was purged and
# is sent once more has to be history.
LEAST_EVENTS_DAYS = 31
# Half a year, the least that China's Cybersecurity Law (article 21) wants of logs. Proving the audit
# relies on it: nothing younger was ever pruned.
LEAST_RECORDS_DAYS = 184

# Whether an account, given as a column, is under legal hold.
Held = Callable[[Any], ColumnElement[bool]]


@dataclass(frozen=True, slots=True)
class Expired:
    """What may go: older than `before`, not held; of that, what is not older than `since`."""

    before: datetime
    held: Held
    since: datetime | None = None


@dataclass(frozen=True, slots=True)
class Purged:
    """How many rows went, and the time of the newest: where the next batch may begin. None: nothing left."""

    rows: int
    up_to: datetime | None


def oldest(
    table: type[Base], at: InstrumentedAttribute[Any], expired: Expired, limit: int
) -> Select[*tuple[Any, ...]]:
    """The keys and times of the `limit` oldest rows that may go, locked; `at` is their time, and indexed."""
    columns = table.__table__.c
    query = select(*table.__table__.primary_key, at).where(
        at < expired.before, ~expired.held(columns.account_id)
    )
    if expired.since is not None:
        query = query.where(at >= expired.since)
    return query.order_by(at).limit(limit).with_for_update(skip_locked=True)


def delete_selected(work: Work, table: type[Base], chosen: Select[*tuple[Any, ...]]) -> list[Any]:
    """Deletes what `chosen` selects; answers the same columns.

    By where the rows lie, which `chosen` keeps still by locking them: whatever the planner thinks, each is
    gone to directly, and `chosen` is run once.
    """
    if work.dialect.name == "postgresql":
        lies_at: ColumnElement[Any] = literal_column(f"{table.__tablename__}.ctid")
        inside = chosen.with_only_columns(lies_at).correlate(None).scalar_subquery()
        condition = lies_at == any_(func.array(inside))
    else:
        lies_at = literal_column(f"{table.__tablename__}.rowid")
        condition = lies_at.in_(chosen.with_only_columns(lies_at).correlate(None))
    gone = delete(table).where(condition).returning(*chosen.selected_columns)
    return list(work.session.execute(gone, execution_options={"synchronize_session": False}))


def purged(rows: list[Any]) -> Purged:
    """What became of a batch whose rows end in their time."""
    return Purged(len(rows), max((row[-1] for row in rows), default=None))
