"""R15: what logs in while its account is frozen is denied, and teaches nothing."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import httpx
import pytest
from sqlalchemy import select

from secmon.logins.models import FailureMark, StoredLogin, StoredProfile
from tests.cases import desk
from tests.logins.factories import login, takeover
from tests.service import Service

ONE, MANY = "/v1/login-events", "/v1/login-events/batch"


def report(wallet: httpx.Client, path: str, event: dict[str, Any]) -> dict[str, Any]:
    answer = wallet.post(path, json=event if path == ONE else {"events": [event]}).raise_for_status().json()
    assessment: dict[str, Any] = answer if path == ONE else answer["results"][0]["assessment"]
    return assessment


def learnt(service: Service, account_id: str) -> tuple[str | None, list[str], list[str]]:
    """The profile, the learnt logins, and those that the population is about to count."""
    with service.work(write=False) as work:
        of_account = StoredLogin.account_id == account_id
        profile = select(StoredProfile.profile).where(StoredProfile.account_id == account_id)
        events = select(StoredLogin.event_id).where(of_account, StoredLogin.learnt)
        counted = select(StoredLogin.event_id).where(of_account, StoredLogin.turn.is_not(None))
        return work.session.scalar(profile), *(list(work.session.scalars(one)) for one in (events, counted))


@pytest.mark.parametrize("path", [ONE, MANY])
@pytest.mark.parametrize(
    "event",
    [
        lambda account_id: login(account_id, after=timedelta(hours=1)),
        lambda account_id: takeover(account_id, amr=["pwd", "otp"]),
        lambda account_id: login(account_id, after=timedelta(days=-60)),
    ],
    ids=["usual", "proven", "history"],
)
def test_R15_a_login_of_a_frozen_account_is_denied_and_not_learnt(
    service: Service, wallet: httpx.Client, account_id: str, path: str, event: Any
) -> None:
    report(wallet, path, login(account_id))
    desk.freeze(wallet, account_id)
    before = learnt(service, account_id)
    denied = report(wallet, path, event(account_id))
    assert (denied["decision"], denied["standing"]) == ("deny", "frozen")
    assert learnt(service, account_id) == before


@pytest.mark.parametrize("path", [ONE, MANY])
def test_failures_on_a_frozen_account_count_all_the_same(
    service: Service, wallet: httpx.Client, account_id: str, path: str
) -> None:
    desk.freeze(wallet, account_id)
    report(wallet, path, login(account_id, outcome="failure", failure_reason="frozen"))
    with service.work(write=False) as work:
        marks = select(FailureMark.network).where(FailureMark.account_id == account_id)
        assert set(work.session.scalars(marks)) == {"203.0.113.7", "203.0.113.0/24", ""}
