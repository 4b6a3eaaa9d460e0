"""A change of a contact comes in as a report and with the profile; it is told once, to both addresses."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

import httpx
import pytest
from sqlalchemy import select

from secmon.accounts import letters
from secmon.mail.rendering import render
from secmon.outbox.kinds import Kind
from secmon.outbox.models import OwedMessage
from tests.service import START, Service

NEW = {"phone": "+8613900000000", "email": "new@example.com"}


@dataclass
class Wallet:
    service: Service
    client: httpx.Client
    account_id: str

    def put(self, **told: str) -> None:
        self.client.put(f"/v1/accounts/{self.account_id}", json=told).raise_for_status()

    def report(self, credential: str, event_id: str = "c-1") -> None:
        body = {"event_id": event_id, "occurred_at": self.service.clock.now.isoformat()}
        body |= {"credential": credential, "method": "user"}
        path = f"/v1/accounts/{self.account_id}/credential-changes"
        self.client.post(path, json=body).raise_for_status()

    def told(self) -> dict[str, list[dict[str, Any]]]:
        """The payloads of the account's messages, by kind."""
        query = select(OwedMessage).where(OwedMessage.account_id == self.account_id)
        found: dict[str, list[dict[str, Any]]] = {}
        with self.service.work(write=False) as work:
            for message in work.session.scalars(query.order_by(OwedMessage.position)):
                payload = json.loads(message.payload) | {"former": message.former_email is not None}
                found.setdefault(message.kind, []).append(payload)
        return found

    def later(self, minutes: int) -> None:
        self.service.clock.advance(timedelta(minutes=minutes))


@pytest.fixture
def owner(service: Service, wallet: httpx.Client, account_id: str) -> Wallet:
    owner = Wallet(service, wallet, account_id)
    owner.put(phone="+8613812345678", email="li@example.com")
    owner.later(5)
    return owner


@pytest.mark.parametrize("credential", ["phone", "email"])
def test_a_profile_alone_tells_of_the_change_and_of_what_it_costs(owner: Wallet, credential: str) -> None:
    owner.put(**{credential: NEW[credential]})
    told = owner.told()
    assert told["credential.changed"] == [{"credential": credential, "former": credential == "email"}]
    (restricted,) = told["account.restricted"]
    assert len(restricted.pop("hold_ids")) == 2
    assert restricted == {
        "reason": f"{credential}_changed",
        "actions": [
            *("add_payee", "change_credentials", "export_key", "raise_limit"),
            *("transfer", "withdraw"),
        ],
        "above_cap": ["transfer", "withdraw"],
        "cap": {"share": "0.05", "amount": "500", "currency": "CNY"},
        "until": (START + timedelta(hours=24, minutes=5)).isoformat(),
        "lifted_by": ["older_factor"],
        "former": credential == "email",
    }
    assert "email.bound" not in told


@pytest.mark.parametrize("credential", ["phone", "email"])
def test_a_report_and_then_the_profile_are_one_change(owner: Wallet, credential: str) -> None:
    owner.report(credential)
    owner.later(10)
    owner.put(**{credential: NEW[credential]})
    told = owner.told()
    assert [len(told["credential.changed"]), len(told["account.restricted"])] == [1, 1]
    assert ("email.bound" in told) == (credential == "email")


@pytest.mark.parametrize("credential", ["phone", "email"])
def test_a_profile_and_then_the_report_are_one_change(owner: Wallet, credential: str) -> None:
    occurred_at = owner.service.clock.now
    owner.later(10)
    owner.put(**{credential: NEW[credential]})
    owner.service.clock.now, before = occurred_at, owner.service.clock.now
    owner.report(credential)
    owner.service.clock.now = before
    told = owner.told()
    assert [len(told["credential.changed"]), len(told["account.restricted"])] == [1, 1]


def test_a_second_change_on_the_same_day_is_told_too(owner: Wallet) -> None:
    owner.report("phone")
    owner.put(phone=NEW["phone"])
    owner.later(30)
    owner.put(phone="+8613700000000")
    owner.later(30)
    owner.report("phone", "c-2")
    assert len(owner.told()["credential.changed"]) == 3


def test_a_report_of_one_contact_says_nothing_of_the_other(owner: Wallet) -> None:
    owner.report("phone")
    owner.put(email=NEW["email"])
    told = [one["credential"] for one in owner.told()["credential.changed"]]
    assert told == ["phone", "email"]


def test_two_reports_within_a_minute_are_two_changes(owner: Wallet) -> None:
    """Only a profile may have told before a report what the report tells; another report is another."""
    owner.report("phone", "c-1")
    owner.report("phone", "c-2")
    assert (
        owner.told()["credential.changed"] == [{"credential": "phone", "method": "user", "former": False}] * 2
    )


@pytest.mark.parametrize(
    ("locale", "shown"),
    [
        ("en", ["transfer money, withdraw money", "the phone number was changed", "2026-11-23 10:05 (Asia"]),
        ("zh-CN", ["转账、提现", "手机号码已更改", "2026-11-23 10:05 (Asia/Shanghai) 之前"]),
    ],
)
def test_the_letter_says_what_cannot_be_done_until_when_and_why(
    owner: Wallet, locale: str, shown: list[str]
) -> None:
    owner.put(phone=NEW["phone"])
    (payload,) = owner.told()["account.restricted"]
    with owner.service.work(write=False) as work:
        facts = letters.restricted(ZoneInfo("Asia/Shanghai"), work, owner.account_id, payload, locale)
    given = {"reason": payload["reason"], "actions": ",".join(payload["actions"]), **facts}
    text = render(Kind.ACCOUNT_RESTRICTED, locale, given).text
    assert [words for words in shown if words not in text] == []
