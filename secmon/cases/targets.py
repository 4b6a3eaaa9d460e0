"""By when? First response and resolution, by priority, in working time; and telling of what is overdue."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select, tuple_

from secmon.accounts import watching
from secmon.audit import service as audit
from secmon.cases.models import Case
from secmon.cases.states import CLOCK_STOPS, CaseStatus, Priority
from secmon.core.working_time import WorkingCalendar
from secmon.database.work import Work
from secmon.outbox import service as outbox
from secmon.outbox.kinds import Kind


@dataclass(frozen=True, slots=True)
class Target:
    """Working time that a case may take."""

    first_response: timedelta
    resolution: timedelta


# Overdue cases that one run tells of.
TOLD_AT_ONCE = 200

TARGETS: dict[Priority, Target] = {
    Priority.URGENT: Target(timedelta(minutes=15), timedelta(hours=4)),
    Priority.HIGH: Target(timedelta(hours=1), timedelta(hours=9)),
    Priority.NORMAL: Target(timedelta(hours=4), timedelta(hours=27)),
    Priority.LOW: Target(timedelta(hours=9), timedelta(hours=45)),
}


@dataclass(frozen=True, slots=True)
class Due:
    """`next` is the target that is running now; None while the clock stands still."""

    first_response: datetime
    resolution: datetime
    next: datetime | None


def due(
    calendar: WorkingCalendar,
    *,
    priority: Priority,
    status: CaseStatus,
    opened_at: datetime,
    first_responded_at: datetime | None,
    stood_still: timedelta,
) -> Due:
    """When a case is due; `stood_still` is the working time in which its clock was stopped."""
    target = TARGETS[priority]
    first_response = calendar.add(opened_at, target.first_response)
    resolution = calendar.add(opened_at, target.resolution + stood_still)
    running = resolution if first_responded_at is not None else first_response
    return Due(first_response, resolution, None if status in CLOCK_STOPS else running)


def set_due(case: Case, calendar: WorkingCalendar) -> None:
    """Computes the targets anew from what the case says of itself."""
    computed = due(
        calendar,
        priority=Priority(case.priority),
        status=CaseStatus(case.status),
        opened_at=case.opened_at,
        first_responded_at=case.first_responded_at,
        stood_still=timedelta(seconds=case.stood_still_s),
    )
    if case.due_at != computed.next:
        case.overdue_told = False
    case.first_response_due_at, case.resolution_due_at = computed.first_response, computed.resolution
    case.due_at = computed.next


def is_overdue(case: Case, work: Work) -> bool:
    """Whether the target that is running has passed; told by the clock, not by a worker."""
    return case.due_at is not None and case.due_at < work.now


def tell_overdue(work: Work) -> int:
    """Tells of up to `TOLD_AT_ONCE` overdue cases, those overdue longest first; answers how many that were.

    Whoever changes a case holds its account's lock. Accounts that somebody else holds, another worker
    too, are left for the next time: nobody waits, whatever the order.
    """
    late = (Case.due_at.is_not(None), Case.due_at < work.now, ~Case.overdue_told)
    oldest = select(Case.account_id, Case.case_id).where(*late).order_by(Case.due_at).limit(TOLD_AT_ONCE)
    found = [(account_id, case_id) for account_id, case_id in work.session.execute(oldest)]
    free = watching.lock_free(work, {account_id for account_id, _ in found})
    mine = [key for key in found if key[0] in free]
    # Read again: before its account was locked, somebody may have been first.
    still = (
        select(Case).where(tuple_(Case.account_id, Case.case_id).in_(mine), *late).order_by(Case.account_id)
    )
    cases = work.session.scalars(still.with_for_update().execution_options(populate_existing=True)).all()
    for case in cases:
        case.overdue_told = True
        audit.record(work, case.account_id, "case.overdue", subject=case.reference)
        told = {"case_id": str(case.case_id), "reference": case.reference, "overdue": True}
        work.defer(outbox.owing(work, case.account_id, Kind.CASE_UPDATED, told))
    return len(cases)
