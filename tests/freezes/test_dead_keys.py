"""R35, R45: a key that came with a theft signs for nobody after it, on whichever device it was shown."""

from __future__ import annotations

from pathlib import Path

import httpx
import pytest

from tests.freezes.thefts import Theft
from tests.logins.signing import Phone, documented, recognised
from tests.service import Service


@pytest.fixture
def phones(service: Service, wallet: httpx.Client, account_id: str, tmp_path: Path) -> tuple[Phone, Phone]:
    """The owner's, and the thief's with a copy of its install; each makes a key of its own."""
    sign = documented(tmp_path)
    owner, thief = (Phone(service, wallet, sign, account_id) for _ in range(2))
    return owner, thief


def test_A56_a_key_that_the_thief_showed_first_does_not_lock_the_owner_out(
    theft: Theft, phones: tuple[Phone, Phone]
) -> None:
    """The owner's app did not sign yet, and the thief came from the owner's own city."""
    owner, thief = phones
    owner.log_in(device_proof=None)
    theft.wait(days=20)
    assert recognised(thief.log_in()) == ("known", "accepted")
    theft.reports_and_gives_back()
    assert theft.devices() == {}
    event = owner.event(device_proof=owner.proof(), amr=["pwd", "otp"])
    theft.wallet.post("/v1/login-events", json=event).raise_for_status()
    assert recognised(owner.log_in()) == ("known", "accepted")
    assert recognised(thief.log_in())[0] == "mismatched"


def test_A56_a_device_learnt_anew_after_a_theft_goes_by_the_key_that_was_proven_then(
    theft: Theft, phones: tuple[Phone, Phone]
) -> None:
    owner, thief = phones
    owner.log_in(device_proof=None)
    assert recognised(thief.log_in()) == ("known", "accepted")
    theft.reports_and_gives_back()
    event = owner.event(device_proof=owner.proof())
    theft.wallet.post("/v1/login-events", json=event).raise_for_status()
    theft.passes(event["event_id"]).raise_for_status()
    assert recognised(owner.log_in()) == ("known", "accepted")
    assert recognised(thief.log_in())[0] == "mismatched"


def test_a_key_of_before_the_theft_stays(theft: Theft, phones: tuple[Phone, Phone]) -> None:
    owner, thief = phones
    assert recognised(owner.log_in()) == ("first", "accepted")
    theft.wait(days=20)
    owner.log_in()
    theft.reports_and_gives_back()
    assert recognised(owner.log_in()) == ("known", "accepted")
    assert recognised(thief.log_in())[0] == "mismatched"
