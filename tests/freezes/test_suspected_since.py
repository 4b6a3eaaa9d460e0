"""R35: since when a thief may have acted is asked with the unfreeze, and a second person decides on it."""

from __future__ import annotations

from datetime import timedelta

import httpx
import pytest
from sqlalchemy import update

from secmon.cases.models import Approval
from tests.alerts.owner import Alerted
from tests.cases import desk
from tests.freezes.thefts import Theft
from tests.pages.browser import ADDRESS, Page, bind
from tests.service import NO_TLS
from tests.twofactor.owner import Owner


def test_fourteen_days_where_nobody_says_since_when(theft: Theft) -> None:
    theft.logs_in("evt-owner")
    theft.reports_and_gives_back()
    shown = theft.freeze_shown()
    assert shown["suspected_since"] == _text(theft, days=-14)


@pytest.mark.parametrize(("answered", "days"), [(None, 17), ("was_me", 14)])
def test_an_alert_that_the_owner_did_not_vouch_for_is_the_beginning(
    theft: Theft, answered: str | None, days: int
) -> None:
    theft.logs_in("evt-owner")
    theft.wait(days=3)
    alert_id = theft.thief_logs_in("evt-thief")["alert_id"]
    if answered is not None:
        theft.wallet.post(f"/v1/alerts/{alert_id}/answer", json={"answer": answered}).raise_for_status()
    theft.wait(days=17)
    theft.reports_and_gives_back()
    assert theft.freeze_shown()["suspected_since"] == _text(theft, days=-days)


def test_the_second_person_decides_on_the_day_that_the_first_one_named(theft: Theft) -> None:
    since = (theft.now - timedelta(days=3)).isoformat().replace("+00:00", "Z")
    case_id = theft.reports()
    desk.check_identity(theft.agent, case_id).raise_for_status()
    asked = desk.ask_unfreeze(theft.agent, theft.account_id, case_id, suspected_since=since)
    assert asked.json()["suspected_since"] == since
    (pending,) = theft.supervisor.get(f"/v1/cases/{case_id}").json()["pending_requests"]
    assert pending["suspected_since"] == since
    desk.decide(theft.supervisor, theft.account_id, pending["request_id"]).raise_for_status()
    assert theft.freeze_shown()["suspected_since"] == since


def test_a_request_that_says_nothing_of_it_takes_back_as_much(theft: Theft) -> None:
    """One that the release before has written down."""
    theft.logs_in("evt-owner")
    case_id = theft.reports()
    desk.check_identity(theft.agent, case_id).raise_for_status()
    request_id = desk.ask_unfreeze(theft.agent, theft.account_id, case_id).json()["request_id"]
    with theft.service.work() as work:
        asked = update(Approval).where(Approval.account_id == theft.account_id)
        work.session.execute(asked.values(suspected_since=None))
    desk.decide(theft.supervisor, theft.account_id, request_id).raise_for_status()
    assert theft.devices() == {}
    assert theft.freeze_shown()["suspected_since"] == _text(theft, days=-14)


def test_asked_again_without_a_day_the_named_one_stands(theft: Theft) -> None:
    case_id = theft.reports()
    desk.check_identity(theft.agent, case_id).raise_for_status()
    day = _text(theft, days=-3)
    asked = [
        desk.ask_unfreeze(theft.agent, theft.account_id, case_id, **named).json()
        for named in ({"suspected_since": day}, {})
    ]
    assert asked[0] == asked[1]
    assert asked[0]["suspected_since"] == day


def test_another_day_is_another_request(theft: Theft) -> None:
    case_id = theft.reports()
    desk.check_identity(theft.agent, case_id).raise_for_status()
    days = [(theft.now - timedelta(days=ago)).isoformat() for ago in (3, 4)]
    first, again, second = (
        desk.ask_unfreeze(theft.agent, theft.account_id, case_id, suspected_since=day).json()
        for day in (days[0], days[0], days[1])
    )
    assert first == again
    assert second["request_id"] != first["request_id"]
    late = desk.decide(theft.supervisor, theft.account_id, first["request_id"])
    assert desk.code(late) == (409, "already_decided")
    desk.decide(theft.supervisor, theft.account_id, second["request_id"]).raise_for_status()


@pytest.mark.parametrize("ahead", [timedelta(seconds=1), timedelta(minutes=30)])
def test_a_day_after_the_freeze_is_refused(theft: Theft, ahead: timedelta) -> None:
    case_id = theft.reports()
    since = (theft.now + ahead).isoformat()
    theft.wait(minutes=10)
    desk.check_identity(theft.agent, case_id).raise_for_status()
    asked = desk.ask_unfreeze(theft.agent, theft.account_id, case_id, suspected_since=since)
    assert desk.code(asked) == (422, "invalid_fields")
    assert [error["pointer"] for error in asked.json()["errors"]] == ["/suspected_since"]
    assert theft.supervisor.get(f"/v1/cases/{case_id}").json()["pending_requests"] == []


def _text(theft: Theft, days: int) -> str:
    return (theft.now + timedelta(days=days)).isoformat().replace("+00:00", "Z")


def test_what_a_mailbox_alone_answered_is_no_word_of_the_owners(theft: Theft) -> None:
    """Whoever reads the mail lets the alert rest; the theft began with it all the same."""
    theft.logs_in("evt-owner")
    Owner(theft.wallet, theft.service.clock, theft.account_id).enrol()
    bind(theft.service, theft.wallet, theft.account_id, ADDRESS, timedelta(0))
    theft.wait(days=4)
    judged = theft.thief_logs_in("evt-thief")
    alerted = Alerted(theft.wallet, theft.account_id, {}, judged)
    with httpx.Client(base_url=theft.service.url, verify=NO_TLS) as browser:
        assert Page(theft.service, alerted, browser).answer("was_me").status_code == 200
    (alert,) = theft.alerts()
    assert (alert["answer"], alert["vouched"]) == ("was_me", False)
    theft.wait(days=17)
    theft.reports_and_gives_back()
    assert theft.freeze_shown()["suspected_since"] == _text(theft, days=-17)
    # The next theft begins after this one.
    theft.wait(days=20)
    theft.reports_and_gives_back()
    assert theft.freeze_shown()["suspected_since"] == _text(theft, days=-14)
