"""When is a case due? In working time, with the clock stopped while nothing can be done."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import httpx
import pytest

from secmon.cases.reference import ALPHABET, new_reference
from secmon.cases.states import CaseStatus, Priority
from secmon.cases.targets import TARGETS, due
from secmon.core.working_time import WorkingCalendar
from tests.cases import desk
from tests.service import Service

CALENDAR = WorkingCalendar()
# Monday, 09:00 in Shanghai.
MONDAY = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)


def due_of(
    priority: Priority = Priority.NORMAL,
    status: CaseStatus = CaseStatus.OPEN,
    first_responded_at: datetime | None = None,
    stood_still: timedelta = timedelta(),
) -> datetime | None:
    found = due(
        CALENDAR,
        priority=priority,
        status=status,
        opened_at=MONDAY,
        first_responded_at=first_responded_at,
        stood_still=stood_still,
    )
    return found.next


@pytest.mark.parametrize("priority", Priority)
def test_the_first_response_is_due_first(priority: Priority) -> None:
    assert due_of(priority=priority) == CALENDAR.add(MONDAY, TARGETS[priority].first_response)


def test_after_the_first_response_the_resolution_is_due() -> None:
    assert due_of(first_responded_at=MONDAY) == MONDAY + timedelta(days=2, hours=9)


def test_time_that_stood_still_is_added() -> None:
    later = due_of(first_responded_at=MONDAY, stood_still=timedelta(hours=3))
    assert later == datetime(2026, 11, 26, 4, 0, tzinfo=UTC)


@pytest.mark.parametrize("status", [CaseStatus.WAITING_ON_OWNER, CaseStatus.RESOLVED, CaseStatus.CLOSED])
def test_nothing_is_due_while_the_clock_stands_still(status: CaseStatus) -> None:
    assert due_of(status=status) is None


def test_more_urgent_is_due_sooner() -> None:
    answers = [TARGETS[priority] for priority in Priority]
    assert answers == sorted(answers, key=lambda target: (target.first_response, target.resolution))


def test_a_reference_holds_no_look_alikes() -> None:
    assert not set("01258BILOSUVZ") & set(ALPHABET)
    assert new_reference(MONDAY).startswith("SC-2611-")
    assert set(new_reference(MONDAY)[8:]) <= set(ALPHABET)


def test_a_case_is_overdue_by_the_clock(service: Service, agent: httpx.Client, account_id: str) -> None:
    service.clock.now = MONDAY
    case = desk.open_case(agent, account_id, priority="high")
    assert case["due_at"] == "2026-11-23T02:00:00Z"
    service.clock.advance(timedelta(hours=1))
    assert overdue(agent, account_id) == []
    service.clock.advance(timedelta(seconds=1))
    assert overdue(agent, account_id) == [case["case_id"]]
    assert agent.get(f"/v1/cases/{case['case_id']}").json()["overdue"] is True


def test_the_clock_stops_while_the_owner_is_asked(
    service: Service, agent: httpx.Client, account_id: str
) -> None:
    service.clock.now = MONDAY
    case_id = desk.open_case(agent, account_id)["case_id"]
    due_at = desk.step(agent, case_id, "investigating").json()["due_at"]
    assert desk.step(agent, case_id, "waiting_on_owner").json()["due_at"] is None
    # A night between two working days counts as nothing: six hours of Monday, one of Tuesday.
    service.clock.now = MONDAY + timedelta(hours=25)
    case = desk.step(agent, case_id, "investigating").json()
    assert due_at == "2026-11-25T10:00:00Z"
    assert case["due_at"] == "2026-11-27T02:00:00Z"


def test_every_stop_of_the_clock_counts(service: Service, agent: httpx.Client, account_id: str) -> None:
    service.clock.now = MONDAY
    case_id = desk.open_case(agent, account_id)["case_id"]
    desk.step(agent, case_id, "investigating")
    for _ in range(2):
        desk.step(agent, case_id, "waiting_on_owner")
        service.clock.advance(timedelta(hours=2))
        case = desk.step(agent, case_id, "investigating").json()
    # Wednesday 18:00 in Shanghai without the four hours that it stood still.
    assert case["due_at"] == "2026-11-26T05:00:00Z"


def overdue(agent: httpx.Client, account_id: str) -> list[str]:
    answer = agent.get("/v1/cases", params={"account_id": account_id, "overdue": "true"})
    return [case["case_id"] for case in answer.json()["items"]]
