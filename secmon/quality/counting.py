"""The labels of a week's logins come to a few dozen numbers, which the worker counts anew for some weeks.

Labels come late: an owner reads the letter on Sunday, a case takes a month. After `OPEN_FOR` the counts stay.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from sqlalchemy import select

from secmon.core.actor import SYSTEM
from secmon.database.engine import Database
from secmon.database.upsert import insert_for
from secmon.database.work import Work
from secmon.logins import sampling
from secmon.logins.challenges import PROVABLE_FOR
from secmon.policies.service import Policies
from secmon.quality import labels
from secmon.quality.labels import Label
from secmon.quality.models import QualityWeek
from secmon.risk.assess import Decision

WEEK = timedelta(days=7)
OPEN_FOR = timedelta(weeks=8)
# How old the counts of the week that runs may be, and those of the others.
FRESH_FOR, SETTLED_FOR = timedelta(hours=1), timedelta(days=1)
# From so many it is told how many logins there were.
LOGINS_SAMPLED = 2_000
UNANSWERED = "unanswered"

# {"logins": {decision: n}, "labels": {"takeover challenge": n}, "said": {"staff takeover": n}, "signals":
# {"new_device takeover": n}, "drawn": {"owner": n, "unanswered": n}, "conflicts": n, "abandoned": n}
Counts = dict[str, Any]


def count_due(database: Database) -> int:
    """Counts one week that is due; answers nought where none is. Two workers at one count it twice alike."""
    with database.work(SYSTEM, write=False) as work:
        week = next(_due(work), None)
        if week is None:
            return 0
        counts = count(work, week)
    with database.work(SYSTEM) as work:
        store(work, week, counts)
    return 1


def count(work: Work, week: date) -> Counts:
    """What the labels of a week's logins come to now."""
    since = datetime.combine(week, time(), UTC)
    until = min(since + WEEK, work.now)
    counted: dict[str, Counter[str]] = {name: Counter() for name in ("labels", "said", "signals", "drawn")}
    single = Counter[str]()
    for label in labels.read(work, since, until, Policies()):
        _add(label, counted, single, work.now)
    logins = _logins(work, since, until)
    return {"logins": logins, **counted, **{name: single[name] for name in ("conflicts", "abandoned")}}


def store(work: Work, week: date, counts: Counts) -> None:
    """In the place of what was counted before."""
    insert = insert_for(work.dialect.name, QualityWeek).values(
        week=week, counts=json.dumps(counts), counted_at=work.now
    )
    new = {"counts": insert.excluded.counts, "counted_at": insert.excluded.counted_at}
    work.session.execute(insert.on_conflict_do_update(index_elements=["week"], set_=new))


def stored(work: Work, most: int) -> list[QualityWeek]:
    """The latest weeks that were counted, oldest first."""
    latest = select(QualityWeek).order_by(QualityWeek.week.desc()).limit(most)
    return list(work.session.scalars(latest))[::-1]


def monday(now: datetime) -> date:
    """The week that runs."""
    day = now.astimezone(UTC).date()
    return day - timedelta(days=day.weekday())


def open_weeks(work: Work) -> list[date]:
    """The weeks that are counted still and that have logins, the newest first."""
    first = sampling.first_received_at(work)
    latest = (monday(work.now) - WEEK * back for back in range(OPEN_FOR // WEEK))
    return [] if first is None else [week for week in latest if week >= monday(first)]


def _due(work: Work) -> Iterator[date]:
    this = monday(work.now)
    counted = {one.week: one.counted_at for one in stored(work, OPEN_FOR // WEEK)}
    for week in open_weeks(work):
        at = counted.get(week)
        if at is None or at <= work.now - (FRESH_FOR if week == this else SETTLED_FOR):
            yield week


def _add(label: Label, counted: Mapping[str, Counter[str]], single: Counter[str], now: datetime) -> None:
    login, truth = label.login, label.truth
    judged = login.judged
    if label.drawn and judged == Decision.ALLOW:
        counted["drawn"][truth or UNANSWERED] += 1
    if truth is None:
        is_over = login.challenge is None and login.received_at < now - PROVABLE_FOR
        single["abandoned"] += is_over and judged == Decision.CHALLENGE
        return
    counted["labels"][f"{truth} {judged}"] += 1
    single["conflicts"] += label.in_conflict
    for source, said in label.said:
        counted["said"][f"{source} {said}"] += 1
    for code in login.against:
        counted["signals"][f"{code} {truth}"] += 1


def _logins(work: Work, since: datetime, until: datetime) -> dict[str, int]:
    """How many logins were decided how, as far as a sample tells."""
    logins, share = sampling.sampled(work, since, until, LOGINS_SAMPLED)
    found = Counter(login.judged for login in logins)
    return {decision: round(found[decision] / share) for decision in Decision}
