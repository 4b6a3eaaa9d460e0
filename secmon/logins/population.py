"""The population's counts: held by every web process, refreshed beside requests, written by the worker."""

from __future__ import annotations

import json
import threading
from collections import Counter
from datetime import datetime, timedelta

import structlog
from sqlalchemy import delete, func, select, tuple_
from sqlalchemy.exc import SQLAlchemyError

from secmon.core.actor import SYSTEM
from secmon.core.database import Database
from secmon.core.upsert import insert_for
from secmon.core.work import Work
from secmon.logins.models import PopulationCount, Uncounted
from secmon.risk.population import VALUES_PER_LEVEL, Population

log = structlog.get_logger(__name__)

REFRESH_EVERY = timedelta(seconds=5)
# Under this value a level's row holds its total, the values too rare to be held included.
TOTAL = ""
BATCH = 2_000


class HeldPopulation:
    """What this process holds; a call never waits for the database after the first one."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._held = Population.empty()
        self._read_at: datetime | None = None
        self._reading = threading.Lock()

    def __call__(self) -> Population:
        now = self._database.clock()
        stale = self._read_at is None or abs(now - self._read_at) >= REFRESH_EVERY
        if stale and self._reading.acquire(blocking=False):
            self._read_at = now
            threading.Thread(target=self._refresh, daemon=True, name="population").start()
        return self._held

    def _refresh(self) -> None:
        try:
            with self._database.work(SYSTEM, write=False) as work:
                self._held = read(work)
        except SQLAlchemyError as error:
            # The last good counts stay; the next call tries again.
            log.warning("population_not_refreshed", kind=type(error).__name__)
        finally:
            self._reading.release()


def read(work: Work) -> Population:
    """The most common values of every level, and the totals."""
    rank = func.row_number().over(partition_by=PopulationCount.level, order_by=PopulationCount.count.desc())
    ranked = select(
        PopulationCount.level, PopulationCount.value, PopulationCount.count, rank.label("rank")
    ).subquery()
    common = select(ranked.c.level, ranked.c.value, ranked.c.count).where(
        ranked.c.rank <= VALUES_PER_LEVEL + 1
    )
    counts: dict[str, dict[str, float]] = {}
    totals: dict[str, float] = {}
    for level, value, count in work.session.execute(common):
        if value == TOTAL:
            totals[level] = count
        else:
            counts.setdefault(level, {})[value] = count
    return Population(counts, totals)


def count_new(work: Work) -> int:
    """Counts up to `BATCH` learnt logins; answers how many.

    Each exactly once: a row leaves the queue in the transaction that counts it.

    Any number of workers may run.
    """
    key = tuple_(Uncounted.account_id, Uncounted.event_id)
    claimed = select(Uncounted.account_id, Uncounted.event_id).limit(BATCH).with_for_update(skip_locked=True)
    taken = work.session.execute(
        delete(Uncounted).where(key.in_(claimed)).returning(Uncounted.level_values),
        execution_options={"synchronize_session": False},
    )
    logins = [json.loads(text) for (text,) in taken]
    seen: Counter[tuple[str, str]] = Counter()
    for pairs in logins:
        for level, value in pairs:
            seen[level, value] += 1
            seen[level, TOTAL] += 1
    _add(work, seen)
    return len(logins)


def _add(work: Work, seen: Counter[tuple[str, str]]) -> None:
    if not seen:
        return
    # In one order, so that two workers never wait for each other in a circle.
    rows = [{"level": level, "value": value, "count": seen[level, value]} for level, value in sorted(seen)]
    insert = insert_for(work.session.get_bind().dialect.name, PopulationCount)
    grown = insert.on_conflict_do_update(
        index_elements=[PopulationCount.level, PopulationCount.value],
        set_={"count": PopulationCount.count + insert.excluded.count},
    )
    work.session.execute(grown, rows)
