"""A case is assigned, ranked and moved from state to state."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from secmon.accounts.service import AccountFrozen
from secmon.audit import service as audit
from secmon.cases import service as cases
from secmon.cases import targets
from secmon.cases.models import Case
from secmon.cases.states import CLOCK_STOPS, SETTLED, CaseStatus, Priority, may_step
from secmon.core.errors import Conflict
from secmon.core.working_time import WorkingCalendar
from secmon.database.work import Work
from secmon.outbox import service as outbox
from secmon.outbox.kinds import Kind


class BadTransition(Conflict):
    """open → investigating ⇄ waiting_on_owner; investigating → resolved → closed; resolved may reopen."""

    code = "bad_transition"
    title = "A case cannot take this step"
    advice = "Take the steps in between, or read the case again: somebody may have moved it."


def change(work: Work, case: Case, calendar: WorkingCalendar, wishes: Mapping[str, Any]) -> None:
    """Sets `assignee`, `priority`, `status` as wished; the caller has locked the case and knows its version.

    Raises `CaseClosed`, `BadTransition`, or `AccountFrozen` where a case that holds a freeze would be
    settled.
    """
    cases.require_open(case)
    before = {name: getattr(case, name) for name in wishes}
    if "status" in wishes and wishes["status"] != case.status:
        _step(work, case, calendar, CaseStatus(wishes["status"]))
    if "priority" in wishes:
        case.priority = Priority(wishes["priority"]).value
    if "assignee" in wishes:
        case.assignee = wishes["assignee"]
    changed = {name: getattr(case, name) for name, value in before.items() if getattr(case, name) != value}
    if not changed:
        return
    targets.set_due(case, calendar)
    case.version += 1
    audit.record(work, case.account_id, "case.changed", subject=case.reference, facts={"to": changed})
    if "status" in changed:
        told = {"case_id": str(case.case_id), "reference": case.reference, "status": case.status}
        work.defer(outbox.owing(work, case.account_id, Kind.CASE_UPDATED, told))


def raise_priority(work: Work, case: Case, priority: Priority, calendar: WorkingCalendar) -> None:
    """Ranks a locked case higher where a later report is graver, and computes its targets anew."""
    ranks = list(Priority)
    if ranks.index(priority) >= ranks.index(Priority(case.priority)):
        return
    case.priority = priority.value
    targets.set_due(case, calendar)
    case.version += 1
    facts = {"to": {"priority": case.priority}}
    audit.record(work, case.account_id, "case.changed", subject=case.reference, facts=facts)


def respond(work: Work, case: Case, calendar: WorkingCalendar) -> None:
    """Somebody has turned to the case: the first response is given."""
    if case.first_responded_at is None:
        case.first_responded_at = work.now
        targets.set_due(case, calendar)


def _step(work: Work, case: Case, calendar: WorkingCalendar, wanted: CaseStatus) -> None:
    current = CaseStatus(case.status)
    if not may_step(current, wanted):
        raise BadTransition(f"From {current} to {wanted} is no step of a case.")
    if wanted in SETTLED and case.holds_freeze:
        raise AccountFrozen("The case holds an active freeze: it is settled after the unfreeze.")
    if current in CLOCK_STOPS and case.stopped_at is not None:
        case.stood_still_s += int(calendar.between(case.stopped_at, work.now).total_seconds())
    case.stopped_at = work.now if wanted in CLOCK_STOPS else None
    if wanted is CaseStatus.RESOLVED:
        case.resolved_at = case.last_resolved_at = work.now
    if wanted not in SETTLED:
        case.resolved_at = None
    case.closed_at = work.now if wanted is CaseStatus.CLOSED else None
    case.status = wanted.value
    respond(work, case, calendar)
