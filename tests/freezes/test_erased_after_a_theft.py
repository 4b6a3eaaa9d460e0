"""R35, R38, R41: an erasure takes away nothing that a theft has left to its owner alone."""

from __future__ import annotations

from datetime import timedelta

import httpx
import pytest

from secmon.accounts import tombstones
from secmon.core.actor import SYSTEM
from secmon.freezes import recovery
from tests.cases import desk
from tests.freezes.thefts import Theft
from tests.logins.factories import login
from tests.twofactor.owner import Owner

ACTIONS = {"change_password", "re_enrol_second_factor"}


@pytest.fixture
def erased(theft: Theft, owner: Owner) -> Theft:
    """Given back after a theft, its case closed, and erased by the wallet two days later."""
    theft.logs_in("evt-owner")
    owner.enrol()
    case_id = theft.reports_and_gives_back()
    desk.step(theft.agent, case_id, "investigating", "resolved", "closed").raise_for_status()
    theft.wait(days=2)
    theft.wallet.delete(theft.path).raise_for_status()
    return theft


def test_A54_whoever_erases_the_account_and_comes_back_enrols_no_factor(erased: Theft) -> None:
    erased.thief_logs_in("evt-thief")
    assert erased.required() == ACTIONS
    assert desk.code(erased.wallet.post(f"{erased.path}/totp")) == (403, "enrolment_closed")


def test_A54_whoever_erases_the_account_and_comes_back_fulfils_nothing(erased: Theft) -> None:
    erased.thief_logs_in("evt-thief")
    erased.changes_password("chg-thief").raise_for_status()
    assert erased.required() == ACTIONS


def test_the_owner_who_comes_back_is_identified_on_a_case(erased: Theft, owner: Owner) -> None:
    erased.logs_in("evt-back")
    case_id = desk.open_case(erased.agent, erased.account_id)["case_id"]
    check = desk.check_identity(erased.agent, case_id, method="id_document")
    check.raise_for_status()
    owner.enrol()
    erased.changes_password("chg-owner", case_id=case_id).raise_for_status()
    assert erased.required() == set()


@pytest.mark.parametrize("purged", [True, False])
def test_whoever_comes_back_after_a_month_begins_anew(erased: Theft, owner: Owner, purged: bool) -> None:
    erased.wait(days=30)
    if purged:
        with erased.service.database.work(SYSTEM) as work:
            tombstones.purge(work)
        with erased.service.database.work(SYSTEM) as work:
            recovery.purge(work)
        with erased.service.work(write=False) as work:
            assert work.session.get(recovery.Recovery, erased.account_id) is None
    erased.logs_in("evt-new")
    assert erased.required() == set()
    owner.enrol()


def test_a_purge_leaves_what_is_left_to_do(erased: Theft) -> None:
    for _ in range(2):
        with erased.service.database.work(SYSTEM) as work:
            tombstones.purge(work)
            recovery.purge(work)
        erased.thief_logs_in("evt-thief")
        assert desk.code(erased.wallet.post(f"{erased.path}/totp")) == (403, "enrolment_closed")


def test_A59_the_number_that_an_account_comes_back_with_is_no_first_one(erased: Theft) -> None:
    erased.wallet.put(erased.path, json={"phone": "+8613900000001"}).raise_for_status()
    case_id = desk.open_case(erased.agent, erased.account_id)["case_id"]
    called = desk.check_identity(erased.agent, case_id, method="call_back")
    assert desk.code(called) == (409, "contact_too_new")
    held = desk.standing(erased.wallet, erased.account_id)["restrictions"]
    assert "phone_changed" in {one["reason"] for one in held}


def test_A70_an_account_that_comes_back_has_no_history_to_be_taught(erased: Theft) -> None:
    past = (erased.now - timedelta(days=31)).isoformat()
    dated_back = login(erased.account_id, event_id="evt-past", occurred_at=past)
    first: httpx.Response = erased.wallet.post("/v1/login-events", json=dated_back).raise_for_status()
    assert first.json()["device"]["recognition"] == "new"
    assert erased.devices() == {}
    assert erased.logs_in("evt-now")["device"]["recognition"] == "new"
