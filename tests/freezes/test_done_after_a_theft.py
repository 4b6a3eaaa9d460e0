"""R38: what is required after a theft is done by the owner, from a device of before or with a fresh proof."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from tests.cases import desk
from tests.freezes.thefts import Theft
from tests.logins.signing import Phone, documented
from tests.twofactor.owner import Owner

DUE, DONE = {"change_password"}, set[str]()


@pytest.fixture
def back(theft: Theft) -> Theft:
    """Given back after a theft; the owner's phone is known from long before."""
    theft.logs_in("evt-owner")
    theft.wait(days=20)
    theft.thief_is_let_in("evt-thief")
    theft.reports_and_gives_back()
    theft.wait(minutes=5)
    assert theft.required() == DUE
    return theft


@pytest.mark.parametrize("method", ["user", "recovery"])
def test_a_change_from_nowhere_fulfils_nothing(back: Theft, method: str) -> None:
    """Whoever has the password and the SIM changes it too."""
    assert back.changes_password("chg-1", method=method).status_code == 201
    assert back.required() == DUE


def test_a_change_from_a_device_of_before_is_the_owners(back: Theft) -> None:
    back.changes_password("chg-1", device_id=f"ins-{back.account_id}").raise_for_status()
    assert back.required() == DONE


def test_the_id_alone_of_a_device_that_signs_its_logins_is_not(theft: Theft, tmp_path: Path) -> None:
    """Whoever has copied it has no key."""
    phone = Phone(theft.service, theft.wallet, documented(tmp_path), theft.account_id)
    assert phone.log_in()["device"]["proof"] == "accepted"
    theft.wait(days=20)
    theft.reports_and_gives_back()
    theft.wait(minutes=5)
    theft.changes_password("chg-1", device_id=phone.device_id).raise_for_status()
    assert theft.required() == DUE


@pytest.mark.parametrize("device", ["strange", "nobodys"])
def test_a_change_from_a_device_of_the_theft_is_not(back: Theft, device: str) -> None:
    back.changes_password("chg-1", device_id=f"{device}-{back.account_id}").raise_for_status()
    assert back.required() == DUE


def test_a_change_from_a_device_that_was_proven_since_is_the_owners(back: Theft) -> None:
    back.thief_logs_in("evt-new", device_id="new-phone")
    back.changes_password("chg-1", device_id="new-phone").raise_for_status()
    assert back.required() == DUE
    back.passes("evt-new").raise_for_status()
    back.changes_password("chg-2", device_id="new-phone").raise_for_status()
    assert back.required() == DONE


def test_a_change_in_a_session_that_was_proven_since_is_the_owners(back: Theft) -> None:
    back.thief_logs_in("evt-web", device_id=None)
    back.changes_password("chg-1", login_event_id="evt-web").raise_for_status()
    back.changes_password("chg-2", login_event_id="evt-owner").raise_for_status()
    back.changes_password("chg-3", login_event_id="nobodys").raise_for_status()
    assert back.required() == DUE
    back.passes("evt-web").raise_for_status()
    back.changes_password("chg-4", login_event_id="evt-web").raise_for_status()
    assert back.required() == DONE


def test_a_proof_of_before_the_theft_is_no_fresh_one(theft: Theft, owner: Owner) -> None:
    theft.logs_in("evt-owner")
    theft.passes("evt-owner").raise_for_status()
    theft.wait(days=20)
    theft.reports_and_gives_back()
    theft.changes_password("chg-1", login_event_id="evt-owner").raise_for_status()
    assert theft.required() == DUE
    theft.wait(days=2)
    assert desk.code(theft.wallet.post(f"{owner.path}/totp")) == (403, "enrolment_closed")


def test_a_change_after_a_code_of_the_new_factor_is_the_owners(back: Theft, owner: Owner) -> None:
    owner.enrol()
    back.thief_logs_in("evt-new", device_id="new-phone")
    assert owner.verify(event_id="evt-new").json()["login_proven"] is True
    back.changes_password("chg-1", device_id="new-phone").raise_for_status()
    assert back.required() == DONE


@pytest.mark.parametrize("method", ["recovery", "staff"])
def test_a_change_on_a_case_with_a_good_check_is_the_owners(back: Theft, method: str) -> None:
    case_id = desk.open_case(back.agent, back.account_id)["case_id"]
    unchecked = back.changes_password("chg-1", method=method, case_id=case_id)
    assert desk.code(unchecked) == (409, "identity_unverified")
    desk.check_identity(back.agent, case_id).raise_for_status()
    back.changes_password("chg-1", method=method, case_id=case_id).raise_for_status()
    assert back.required() == DONE


def test_another_accounts_case_is_refused_whatever_the_method(back: Theft) -> None:
    case_id = desk.open_case(back.agent, f"{back.account_id}-other")["case_id"]
    desk.check_identity(back.agent, case_id).raise_for_status()
    answer = back.changes_password("chg-1", method="recovery", case_id=case_id)
    assert desk.code(answer) == (409, "identity_unverified")
    assert back.required() == DUE


@pytest.mark.parametrize("seconds", [1, 299])
def test_a_change_dated_ahead_fulfils_nothing(back: Theft, seconds: int) -> None:
    at = (back.now + timedelta(seconds=seconds)).isoformat()
    phone = f"ins-{back.account_id}"
    back.changes_password("chg-1", device_id=phone, occurred_at=at).raise_for_status()
    assert back.required() == DUE


def test_a_change_dated_before_the_unfreeze_fulfils_nothing(back: Theft) -> None:
    """Nor does it end the rule, for one from nowhere that comes after it."""
    at = (back.now - timedelta(minutes=6)).isoformat()
    phone = f"ins-{back.account_id}"
    back.changes_password("chg-1", device_id=phone, occurred_at=at).raise_for_status()
    back.changes_password("chg-2").raise_for_status()
    assert back.required() == DUE


def test_a_compromise_that_comes_in_between_does_not_loosen_it(back: Theft) -> None:
    back.wallet.post(f"{back.path}/password/compromised", json={"source": "list-7"}).raise_for_status()
    back.changes_password("chg-1").raise_for_status()
    assert back.required() == DUE
    assert back.wallet.get(f"{back.path}/password").json()["state"] == "compromised"


def test_once_done_a_later_compromise_is_an_ordinary_one(back: Theft) -> None:
    back.changes_password("chg-1", device_id=f"ins-{back.account_id}").raise_for_status()
    back.wait(days=1)
    back.wallet.post(f"{back.path}/password/compromised", json={"source": "list-7"}).raise_for_status()
    back.changes_password("chg-2").raise_for_status()
    assert back.required() == DONE


def test_after_another_freeze_any_change_will_do_but_one_dated_ahead(theft: Theft) -> None:
    theft.reports_and_gives_back("owner_request")
    at = (theft.now + timedelta(seconds=1)).isoformat()
    theft.changes_password("chg-1", occurred_at=at).raise_for_status()
    assert theft.required() == DUE
    theft.changes_password("chg-2").raise_for_status()
    assert theft.required() == DONE


def test_what_is_changed_while_frozen_fulfils_nothing(theft: Theft) -> None:
    theft.wallet.post(f"{theft.path}/password/compromised", json={"source": "list-7"}).raise_for_status()
    theft.reports("owner_request")
    theft.wait(seconds=1)
    theft.changes_password("chg-1").raise_for_status()
    assert theft.required() == DUE
