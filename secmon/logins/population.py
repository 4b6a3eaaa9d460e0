"""How often each value was seen in the whole wallet.

Counted by the worker; held by every web process, and refreshed beside its requests.
"""

from __future__ import annotations

import json
import threading
import time
from collections import Counter
from collections.abc import Collection, Iterator
from datetime import datetime, timedelta

import structlog
from sqlalchemy import ColumnElement, delete, func, select, tuple_
from sqlalchemy.exc import SQLAlchemyError

from secmon.core.actor import SYSTEM
from secmon.database.engine import Database
from secmon.database.upsert import insert_for
from secmon.database.work import Work
from secmon.logins.models import PopulationCount, RareValue, Uncounted
from secmon.risk.levels import Level
from secmon.risk.population import UNSEEN_PROBABILITY, VALUES_PER_LEVEL, Population
from secmon.web.parts import Part

log = structlog.get_logger(__name__)

REFRESH_EVERY = timedelta(seconds=5)
# Reading takes a fiftieth of a process's time at the most.
LEAST_PAUSE = 50
# Under this value a level's row holds its total, the values too rare to be held included.
TOTAL = ""
BATCH = 2_000


class HeldPopulation:
    """What this process holds; a call never waits for the database.

    `refresh` reads it before the first login is judged; later it is read again beside the requests.
    """

    def __init__(self, database: Database) -> None:
        self._database = database
        self._held = Population.empty()
        self._read_at: datetime | None = None
        self._pause = REFRESH_EVERY
        self._reading = threading.Lock()

    def __call__(self) -> Population:
        now = self._database.clock()
        stale = self._read_at is None or abs(now - self._read_at) >= self._pause
        if stale and self._reading.acquire(blocking=False):
            threading.Thread(target=self._refresh, daemon=True, name="population").start()
        return self._held

    def refresh(self) -> None:
        """Reads it here and now; where the database does not answer, what is held stays."""
        with self._reading:
            self._read()

    def _refresh(self) -> None:
        try:
            self._read()
        finally:
            self._reading.release()

    def _read(self) -> None:
        self._read_at = self._database.clock()
        started = time.perf_counter()
        try:
            with self._database.work(SYSTEM, write=False) as work:
                self._held = read(work)
        except SQLAlchemyError as error:
            # The last good counts stay; the next call tries again.
            log.warning("population_not_refreshed", kind=type(error).__name__)
        took = timedelta(seconds=time.perf_counter() - started)
        self._pause = max(REFRESH_EVERY, took * LEAST_PAUSE)


POPULATION: Part[HeldPopulation] = Part("population")


def read(work: Work) -> Population:
    """The most common values of every level, and the totals. Each level is read from an index."""
    of_levels = PopulationCount.level.in_(UNSEEN_PROBABILITY)
    totals = select(PopulationCount.level, PopulationCount.count.label("total")).where(
        of_levels, PopulationCount.value == TOTAL
    )
    return Population(
        {level: _most_common(work, level) for level in UNSEEN_PROBABILITY},
        {row.level: row.total for row in work.session.execute(totals)},
    )


def _most_common(work: Work, level: Level) -> dict[str, float]:
    rows = work.session.execute(
        select(PopulationCount.value, PopulationCount.count)
        .where(PopulationCount.level == level)
        .order_by(PopulationCount.count.desc())
        # The total is the largest of all.
        .limit(VALUES_PER_LEVEL + 1)
    )
    return {value: count for value, count in rows if value != TOTAL}


def count_new(work: Work) -> int:
    """Counts up to `BATCH` learnt logins; answers how many. Where none wait, it forgets some lone values.

    Each exactly once: a row leaves the queue in the transaction that counts it. What hardly anybody has is
    counted with its accounts, and in the totals.

    Any number of workers may run.
    """
    key = tuple_(Uncounted.account_id, Uncounted.event_id)
    claimed = select(Uncounted.account_id, Uncounted.event_id).limit(BATCH).with_for_update(skip_locked=True)
    taken = work.session.execute(
        delete(Uncounted).where(key.in_(claimed)).returning(Uncounted.account_id, Uncounted.level_values),
        execution_options={"synchronize_session": False},
    )
    logins = [(account_id, json.loads(text)) for account_id, text in taken]
    seen: Counter[Seen] = Counter()
    totals: Counter[tuple[str, str]] = Counter()
    for account_id, pairs in logins:
        for level, value in pairs:
            seen[account_id, level, value] += 1
            totals[level, TOTAL] += 1
    _add(work, common_of(work, seen) + totals)
    # Besides the counting, and not before it.
    return len(logins) or forget_lone(work, TOTAL)


def _add(work: Work, seen: Counter[tuple[str, str]]) -> None:
    if not seen:
        return
    # In one order, so that two workers never wait for each other in a circle.
    rows = [{"level": level, "value": value, "count": seen[level, value]} for level, value in sorted(seen)]
    insert = insert_for(work.dialect.name, PopulationCount)
    grown = insert.on_conflict_do_update(
        index_elements=[PopulationCount.level, PopulationCount.value],
        set_={"count": PopulationCount.count + insert.excluded.count},
    )
    work.session.execute(grown, rows)


# Values that hardly anybody has stay with who has them, and go when the account is erased. A network of one's
# own, a village or a phone that nobody else has tells of its owner, though no account is named beside it. A
# value is counted for the population once so many accounts have had it; until then it is as good as unseen,
# which for a value so rare is what it is worth anyway.
OWNERS_OF_A_COMMON_VALUE = 3
# Pairs that one statement names: SQLite takes 32,766 parameters.
AT_ONCE = 1_000

# A level and a value of it; the same with the account that had it.
Pair = tuple[str, str]
Seen = tuple[str, str, str]


def common_of(work: Work, seen: Counter[Seen]) -> Counter[Pair]:
    """What the population counts now: of what was seen, and of what has become common by it.

    The rest is noted with its accounts. What two workers note at the same time may be common one login later.
    """
    pairs = sorted({(level, value) for _, level, value in seen})
    known = _common(work, pairs)
    counted: Counter[Pair] = Counter()
    noted: Counter[Seen] = Counter()
    for (account_id, level, value), times in seen.items():
        if (level, value) in known:
            counted[level, value] += times
        else:
            noted[account_id, level, value] += times
    _note(work, noted)
    return counted + _become_common(work, [pair for pair in pairs if pair not in known])


def forget_lone(work: Work, total: str) -> int:
    """Deletes some values that so few logins had that so many owners never did; answers how many.

    The release before counted every value. `total` is the one that stands for a level's sum.
    """
    found = select(PopulationCount.level, PopulationCount.value).where(
        PopulationCount.level.in_(UNSEEN_PROBABILITY),
        PopulationCount.count < OWNERS_OF_A_COMMON_VALUE,
        PopulationCount.value != total,
    )
    pairs = [(level, value) for level, value in work.session.execute(found.limit(AT_ONCE))]
    if pairs:
        key = tuple_(PopulationCount.level, PopulationCount.value)
        still = PopulationCount.count < OWNERS_OF_A_COMMON_VALUE
        work.session.execute(delete(PopulationCount).where(key.in_(pairs), still))
    return len(pairs)


def _common(work: Work, pairs: Collection[Pair]) -> set[Pair]:
    """Those that the population counts already."""
    key = tuple_(PopulationCount.level, PopulationCount.value)
    query = select(PopulationCount.level, PopulationCount.value)
    return {
        (level, value)
        for part in _parts(pairs)
        for level, value in work.session.execute(query.where(key.in_(part)))
    }


def _note(work: Work, noted: Counter[Seen]) -> None:
    if not noted:
        return
    # In one order, so that two workers never wait for each other in a circle.
    rows = [
        {"account_id": account_id, "level": level, "value": value, "count": noted[account_id, level, value]}
        for account_id, level, value in sorted(noted)
    ]
    insert = insert_for(work.dialect.name, RareValue)
    key = [RareValue.account_id, RareValue.level, RareValue.value]
    grown = insert.on_conflict_do_update(
        index_elements=key, set_={"count": RareValue.count + insert.excluded.count}
    )
    work.session.execute(grown, rows)


def _become_common(work: Work, pairs: Collection[Pair]) -> Counter[Pair]:
    """Takes those from their accounts that enough have now; each row is taken once, whoever else looks."""
    moved: Counter[Pair] = Counter()
    for part in _parts(pairs):
        taken = delete(RareValue).where(_key().in_(_of_enough(work, part)))
        rows = work.session.execute(
            taken.returning(RareValue.level, RareValue.value, RareValue.count),
            execution_options={"synchronize_session": False},
        )
        for level, value, count in rows:
            moved[level, value] += int(count)
    return moved


def _of_enough(work: Work, part: Collection[Pair]) -> list[Pair]:
    """Those that enough accounts have had; their rows are locked, in one order."""
    grouped = select(RareValue.level, RareValue.value).where(_key().in_(part))
    enough = grouped.group_by(RareValue.level, RareValue.value).having(
        func.count() >= OWNERS_OF_A_COMMON_VALUE
    )
    found = [(level, value) for level, value in work.session.execute(enough)]
    held = select(RareValue.account_id).where(_key().in_(found))
    in_order = held.order_by(RareValue.account_id, RareValue.level, RareValue.value)
    work.session.execute(in_order.with_for_update()).all()
    return found


def _key() -> ColumnElement[Pair]:
    return tuple_(RareValue.level, RareValue.value)


def _parts(pairs: Collection[Pair]) -> Iterator[list[Pair]]:
    listed = list(pairs)
    return (listed[start : start + AT_ONCE] for start in range(0, len(listed), AT_ONCE))
