"""Phone and e-mail change together in a takeover: both changes are one piece of work, and both hold (R34)."""

from __future__ import annotations

import json
from collections import Counter
from datetime import timedelta
from typing import Any

import httpx
import pytest
from sqlalchemy import select

from secmon.logins.models import StoredProfile
from secmon.outbox.kinds import Kind
from secmon.outbox.models import OwedMessage
from secmon.risk.profile import Profile
from tests.cases import desk
from tests.service import Service

HELD = {"transfer", "withdraw", "add_payee", "raise_limit", "change_credentials", "export_key"}
BEFORE = {"locale": "en", "email": "li.na@example.com", "phone": "+8613812345678"}
AFTER = {"email": "other@example.com", "phone": "+8613900000000"}
NEITHER = {"email": None, "phone": None}


@pytest.fixture
def path(service: Service, wallet: httpx.Client, account_id: str) -> str:
    """An account whose contacts are years old: nothing restricts it."""
    path = f"/v1/accounts/{account_id}"
    wallet.put(path, json=BEFORE).raise_for_status()
    service.clock.advance(timedelta(days=400))
    return path


@pytest.mark.parametrize("told", [AFTER, NEITHER], ids=["replaced", "removed"])
@pytest.mark.parametrize("reported", [False, True], ids=["", "reported"])
def test_A52_both_contacts_change_at_once(
    service: Service,
    wallet: httpx.Client,
    path: str,
    account_id: str,
    told: dict[str, Any],
    reported: bool,
) -> None:
    if reported:
        for credential in ("phone", "email"):
            _report(service, wallet, path, credential)
    answer = wallet.put(path, json=told)
    assert answer.status_code == 200, answer.text
    assert [answer.json()[name] is None for name in told] == [value is None for value in told.values()]
    restrictions = desk.standing(wallet, account_id)["restrictions"]
    held = {(one["action"], one["reason"]) for one in restrictions}
    assert held == {(action, f"{name}_changed") for action in HELD for name in ("phone", "email")}
    assert {change[1] for change in _profile(service, account_id).changes} == {"phone", "email"}
    assert _told_of(service, account_id) == {"phone": 1, "email": 1}


def _report(service: Service, wallet: httpx.Client, path: str, credential: str) -> None:
    change = {
        "event_id": f"change-{credential}",
        "occurred_at": service.clock.now.isoformat(),
        "credential": credential,
        "method": "user",
    }
    wallet.post(f"{path}/credential-changes", json=change).raise_for_status()


def _profile(service: Service, account_id: str) -> Profile:
    with service.work(write=False) as work:
        query = select(StoredProfile.profile).where(StoredProfile.account_id == account_id)
        return Profile.decode(work.session.scalars(query).one())


def _told_of(service: Service, account_id: str) -> Counter[str]:
    """What the former address was told of, and how often."""
    with service.work(write=False) as work:
        query = select(OwedMessage.payload).where(
            OwedMessage.account_id == account_id,
            OwedMessage.kind == Kind.CREDENTIAL_CHANGED,
            OwedMessage.former_email.is_not(None),
        )
        return Counter(json.loads(payload)["credential"] for payload in work.session.scalars(query))
