"""How often each value was seen in the whole wallet: counted by the worker, from what logins have taught.

A login that teaches draws a number as it is stored (`statements.next_turn`), and the population is counted up
to a number, which moves on in the transaction that counts. What makes this exact is that nothing below that
number is still to come. SQLite has one writer at a time. On PostgreSQL transactions end in another order than
they drew their numbers in, so the count waits for those that drew one before
(docs/adr/0016-learnt-logins-are-numbered.md).
"""

from __future__ import annotations

import json
import time
from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any

from sqlalchemy import ColumnElement, String, and_, delete, func, select, text, tuple_

from secmon.database.rows import ROWS, Storing, encode, given_rows
from secmon.database.statements import Statement
from secmon.database.work import Work
from secmon.devices.recognition import Recognised
from secmon.devices.user_agents import UserAgentReader
from secmon.geo.place import Place
from secmon.logins.event import LoginEvent, LoginOutcome
from secmon.logins.judgement import login_of
from secmon.logins.models import PopulationCount, PopulationProgress, RareValue, StoredLogin, Uncounted
from secmon.logins.statements import TURNS
from secmon.risk.login import Recognition
from secmon.risk.network import network_of
from secmon.risk.population import UNSEEN_PROBABILITY, Population

# Under this value a level's row holds its total, the values too rare to be held included.
TOTAL = ""
BATCH = 2_000
# When a login was says nothing of what it counts for.
_NO_MATTER = datetime.min.replace(tzinfo=UTC)
# How long the count waits for those who may still store a number below its own; then it is another time's.
PATIENCE_S = 1.0
LOOKS_EVERY_S = 0.005

_DRAWN = text(f"SELECT CASE WHEN is_called THEN last_value ELSE 0 END FROM {TURNS}")  # noqa: S608
_NEWEST = text("SELECT CAST(pg_snapshot_xmax(pg_current_snapshot()) AS text)")
_ALL_ENDED = text("SELECT pg_snapshot_xmin(pg_current_snapshot()) >= CAST(:newest AS xid8)")


def take(work: Work, at_most: int) -> Sequence[Any]:
    """(account_id, ip, user_agent, place) of the logins whose turn it is; they are counted with this work.

    No more than `at_most`, and those of their number. None while another worker is at it.
    """
    ripe = _ripe(work)
    progress = work.session.scalar(select(PopulationProgress).with_for_update(skip_locked=True))
    if ripe is None or progress is None:
        return ()
    due = StoredLogin.turn > progress.turn, StoredLogin.turn <= ripe
    in_order = select(StoredLogin.turn).where(*due).order_by(StoredLogin.turn)
    last = work.session.scalar(in_order.offset(at_most - 1).limit(1))
    up_to = ripe if last is None else last
    columns = StoredLogin.account_id, StoredLogin.ip, StoredLogin.user_agent, StoredLogin.place
    taken = work.session.execute(select(*columns).where(due[0], StoredLogin.turn <= up_to)).all()
    progress.turn = max(progress.turn, up_to)
    return taken


def hold(work: Work) -> None:
    """Nothing is counted until this work ends, and nothing was that it does not see."""
    work.session.execute(select(PopulationProgress.turn).with_for_update(read=True))


def _ripe(work: Work) -> int | None:
    """A number up to which nothing is still to come; None where that took too long to say.

    Whoever drew a number had locked an account before, so that its transaction had an id by then: all of them
    have ended once the oldest that runs is younger than all that there were.
    """
    session = work.session
    if work.dialect.name != "postgresql":
        return session.scalar(select(func.coalesce(func.max(StoredLogin.turn), 0)))
    # In this order: what is drawn after the look at the number is of no interest to it.
    drawn: int | None = session.scalar(_DRAWN)
    newest = session.scalar(_NEWEST)
    give_up = time.monotonic() + PATIENCE_S
    while not session.scalar(_ALL_ENDED, {"newest": newest}):
        if time.monotonic() > give_up:
            return None
        time.sleep(LOOKS_EVERY_S)
    return drawn


class Counting:
    """Counts learnt logins: each exactly once, however many workers run, and whatever becomes of them."""

    def __init__(self, reader: UserAgentReader) -> None:
        self._reader = reader
        # Owners come back with the same phone to the same network.
        self._pairs = lru_cache(maxsize=16_384)(self._read)

    def __call__(self, work: Work) -> int:
        """Counts some; answers how many. Where none wait, it forgets some lone values.

        What hardly anybody has is counted with its accounts, and in the totals.
        """
        seen = Counter[Seen]()
        # First of all: this waits for the transactions that have begun before, and must be none of them.
        taken = take(work, BATCH)
        for account_id, ip, user_agent, place in taken:
            pairs = self._pairs(network_of(ip), user_agent, place)
            seen.update([(account_id, level, value) for level, value in pairs])
        queued = _of_the_release_before(work, seen)
        totals = Counter[Pair]()
        for (_, level, _value), times in seen.items():
            totals[level, TOTAL] += times
        _add(work, common_of(work, seen) + totals)
        # Besides the counting, and not before it.
        return len(taken) + queued or forget_lone(work, TOTAL)

    def _read(self, network: str, user_agent: str, place: str | None) -> tuple[Pair, ...]:
        """What a login counts for, as it was judged. No single address is counted."""
        event = LoginEvent(
            event_id="",
            account_id="",
            occurred_at=_NO_MATTER,
            outcome=LoginOutcome.SUCCESS,
            ip=network.partition("/")[0],
            user_agent=user_agent,
            place=Place.from_json(place) if place else None,
        )
        known = Recognised(Recognition.KNOWN)
        return tuple(Population.fold(login_of(event, self._reader.read(user_agent), known, trusted=False)))


def _of_the_release_before(work: Work, seen: Counter[Seen]) -> int:
    """Adds what that has put into the queue: a row leaves it in the transaction that counts it."""
    key = tuple_(Uncounted.account_id, Uncounted.event_id)
    claimed = select(Uncounted.account_id, Uncounted.event_id).limit(BATCH).with_for_update(skip_locked=True)
    taken = work.session.execute(
        delete(Uncounted).where(key.in_(claimed)).returning(Uncounted.account_id, Uncounted.level_values),
        execution_options={"synchronize_session": False},
    )
    logins = [(account_id, json.loads(values)) for account_id, values in taken]
    for account_id, pairs in logins:
        seen.update([(account_id, level, value) for level, value in pairs])
    return len(logins)


def _add(work: Work, seen: Counter[Pair]) -> None:
    # In one order, so that two workers never wait for each other in a circle.
    _store(work, _GROWN, [[level, value, seen[level, value]] for level, value in sorted(seen)])


def _store(work: Work, statement: Storing, rows: list[list[Any]]) -> None:
    if rows:
        work.read(statement.many(**{ROWS: encode(rows, work.dialect)}))


_GROWN = Storing(
    PopulationCount,
    ("level", "value", "count"),
    lambda insert: insert.on_conflict_do_update(
        index_elements=[PopulationCount.level, PopulationCount.value],
        set_={"count": PopulationCount.count + insert.excluded.count},
    ),
)


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
    (found,) = work.read(_KNOWN(**{ROWS: encode([list(pair) for pair in pairs], work.dialect)}))
    return {(level, value) for level, value in found}


def _known(dialect: str) -> Any:
    given = given_rows(dialect, {"level": String(), "value": String()})
    same = and_(PopulationCount.level == given.c.level, PopulationCount.value == given.c.value)
    return select(PopulationCount.level, PopulationCount.value).select_from(given.join(PopulationCount, same))


# Those of the `rows` (level, value) that the population counts.
_KNOWN = Statement(_known)


def _note(work: Work, noted: Counter[Seen]) -> None:
    # In one order, so that two workers never wait for each other in a circle.
    _store(work, _NOTED, [[*whose, noted[whose]] for whose in sorted(noted)])


_NOTED = Storing(
    RareValue,
    ("account_id", "level", "value", "count"),
    lambda insert: insert.on_conflict_do_update(
        index_elements=[RareValue.account_id, RareValue.level, RareValue.value],
        set_={"count": RareValue.count + insert.excluded.count},
    ),
)


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
