"""Values that hardly anybody has stay with who has them, and go when the account is erased.

A network of one's own, a village or a phone that nobody else has tells of its owner, though no account is
named beside it. A value is counted for the population once `OWNERS_OF_A_COMMON_VALUE` accounts have had it;
until then it is as good as unseen, which for a value so rare is what it is worth anyway.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator

from sqlalchemy import ColumnElement, delete, func, select, tuple_

from secmon.database.upsert import insert_for
from secmon.database.work import Work
from secmon.logins.models import PopulationCount, RareValue
from secmon.risk.population import UNSEEN_PROBABILITY

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
