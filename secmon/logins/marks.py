"""What failed across the whole wallet: marks that go after a day, and slow sprays that no login shows.

Four accounts in ten minutes from one address, or four from each of many, are few enough for every tally.
Summed over hours, and beside what the wallet is used to, they are not.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from math import sqrt

import structlog
from sqlalchemy import delete, func, select, tuple_

from secmon.database.upsert import insert_for
from secmon.database.work import Work
from secmon.logins.models import EntryMark, FailureMark, FailureSpan, StoredLogin

log = structlog.get_logger(__name__)

# Tallies look ten minutes back, at an event's own time; a day leaves room for late ones.
MARKS_KEPT = timedelta(days=1)
BATCH = 5_000


def purge_marks(work: Work) -> int:
    """Deletes up to `BATCH` marks of each kind that no tally looks at any more; answers how many."""
    return sum(_purge(work, marks) for marks in (FailureMark, EntryMark))


def _purge(work: Work, marks: type[FailureMark] | type[EntryMark]) -> int:
    oldest = int((work.now - MARKS_KEPT).timestamp()) // 60
    key = tuple(marks.__table__.primary_key)
    old = select(*key).where(marks.minute < oldest).limit(BATCH).with_for_update(skip_locked=True)
    gone = work.session.execute(
        delete(marks).where(tuple_(*key).in_(old)).returning(marks.minute),
        execution_options={"synchronize_session": False},
    )
    return len(gone.all())


# Summed over spans of ten minutes, ten minutes after they ended: whoever mistypes has got in by then.
SPAN_MINUTES = 10
SPANS_A_DAY = 144
SPANS_KEPT = 8 * SPANS_A_DAY
SPANS_UNTIL_USUAL = 3 * SPANS_A_DAY
SPANS_AT_ONCE = 6
# One hour, three, ten: what is slow needs longer to be seen.
WINDOWS = (6, 18, 60)
# Until a wallet has seen so many logins, it is taken to see accounts fail, and not get in, at this share.
EXPECTED_SHARE, EXPECTED_LOGINS = 0.02, 500
# A spray is so many accounts at least, so many times what is usual, and so many deviations of chance beyond.
LEAST_FAILED, TIMES_USUAL, DEVIATIONS = 30, 3.0, 6.0
# A source that so many accounts failed from in a day, more than got in there, sprays however slowly.
FAILED_FROM_ONE_SOURCE = 40
SOURCES_LOOKED_AT = 100
SOURCES_NAMED = 10


@dataclass(frozen=True, slots=True)
class Spray:
    """How many accounts failed in the window that shows it best, how many are usual; sources that spray."""

    failed: int
    usual: float
    raised: bool
    sources: int


def watch_failures(work: Work) -> int:
    """Sums up to `SPANS_AT_ONCE` spans that are over, and says what is unusual; answers how many."""
    minute = int(work.now.timestamp()) // 60
    over = minute // SPAN_MINUTES - 2
    done = work.session.scalar(select(func.max(FailureSpan.span))) or over - SPANS_A_DAY
    spans = range(max(done, over - SPANS_A_DAY) + 1, over + 1)[:SPANS_AT_ONCE]
    if not spans:
        return 0
    failed = _failed_in(work, spans)
    for span in spans:
        logins = _logins_in(work, span)
        earlier = _spans_before(work, span)
        spray = spray_of([(failed.get(span, 0), logins), *earlier])
        sources = list(_spraying(work, span)) if span == over else []
        _keep(work, span, failed.get(span, 0), logins, Spray(*spray, len(sources)))
        if spray[2] or sources:
            log.warning("login_spray", failed=spray[0], usual=spray[1], sources=sources[:SOURCES_NAMED])
    work.session.execute(delete(FailureSpan).where(FailureSpan.span <= over - SPANS_KEPT))
    return len(spans)


def spray_of(spans: Sequence[tuple[int, int]]) -> tuple[int, float, bool]:
    """Accounts failed, how many are usual, whether it is a spray; of (failed, logins) a span, newest first.

    What is usual is learnt from the spans before the longest window.
    """
    before = spans[WINDOWS[-1] :]
    logins = sum(of_span for _, of_span in before) + EXPECTED_LOGINS
    share = (sum(failed for failed, _ in before) + EXPECTED_SHARE * EXPECTED_LOGINS) / logins
    windows = [_judged(spans[:length], share) for length in WINDOWS]
    return max(windows, key=lambda found: (found[2], found[0] - found[1]))


def _judged(window: Sequence[tuple[int, int]], share: float) -> tuple[int, float, bool]:
    failed, usual = sum(one for one, _ in window), share * sum(logins for _, logins in window)
    beyond = failed - usual >= DEVIATIONS * sqrt(max(usual, 1.0))
    return failed, usual, failed >= max(LEAST_FAILED, TIMES_USUAL * usual) and beyond


def _failed_in(work: Work, spans: range) -> dict[int, int]:
    """Accounts that failed, and have not got in since, a span."""
    span = FailureMark.minute // SPAN_MINUTES
    minutes = FailureMark.minute.between(spans[0] * SPAN_MINUTES, (spans[-1] + 1) * SPAN_MINUTES - 1)
    counted = select(span, func.count(func.distinct(FailureMark.account_id))).where(minutes).group_by(span)
    return {row[0]: row[1] for row in work.session.execute(counted)}


def _logins_in(work: Work, span: int) -> int:
    """Logins that got in, by when they were reported: that is what an index knows."""
    begins = datetime.fromtimestamp(span * SPAN_MINUTES * 60, UTC)
    ends = begins + timedelta(minutes=SPAN_MINUTES)
    reported = StoredLogin.received_at.between(begins, ends)
    counted = select(func.count()).where(reported, StoredLogin.outcome == "success")
    return work.session.scalar(counted) or 0


def _spans_before(work: Work, span: int) -> list[tuple[int, int]]:
    """(failed, logins) of the spans before, newest first; nobody gets used to a spray within days."""
    known = select(FailureSpan).where(FailureSpan.span < span, FailureSpan.span > span - SPANS_KEPT)
    rows = work.session.scalars(known.order_by(FailureSpan.span.desc())).all()
    recent, used_to = span - WINDOWS[-1], span - SPANS_UNTIL_USUAL
    counting = (row for row in rows if row.span > recent or row.span <= used_to or not row.raised)
    return [(row.failed, row.logins) for row in counting]


def _spraying(work: Work, span: int) -> Iterator[str]:
    """Addresses and networks that failed on many accounts in a day, and let fewer in."""
    since = (span + 1) * SPAN_MINUTES - SPANS_A_DAY * SPAN_MINUTES
    accounts = func.count(func.distinct(FailureMark.account_id))
    loud = (
        select(FailureMark.network, accounts)
        .where(FailureMark.network != "", FailureMark.minute >= since)
        .group_by(FailureMark.network)
        .having(accounts >= FAILED_FROM_ONE_SOURCE)
        .order_by(accounts.desc(), FailureMark.network)
        .limit(SOURCES_LOOKED_AT)
    )
    for network, failed in work.session.execute(loud).all():
        entered = select(func.count(func.distinct(EntryMark.account_id))).where(
            EntryMark.network == network, EntryMark.minute >= since
        )
        if failed > (work.session.scalar(entered) or 0):
            yield network


def _keep(work: Work, span: int, failed: int, logins: int, spray: Spray) -> None:
    """Another worker may have summed it up at the same time, from the same marks."""
    row = {
        "span": span,
        "failed": failed,
        "logins": logins,
        "failed_lately": spray.failed,
        "usual": spray.usual,
        "raised": spray.raised,
        "sources": spray.sources,
    }
    work.session.execute(insert_for(work.dialect.name, FailureSpan).values(row).on_conflict_do_nothing())


def latest(work: Work) -> Spray:
    """What was found last."""
    row = work.session.scalar(select(FailureSpan).order_by(FailureSpan.span.desc()).limit(1))
    if row is None:
        return Spray(0, 0.0, raised=False, sources=0)
    return Spray(row.failed_lately, row.usual, row.raised, row.sources)
