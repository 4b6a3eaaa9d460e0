"""A backtest says what a draft would have changed, as exactly as what was judged then."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from tests.logins.factories import login, takeover
from tests.policies.drafts import draft, milder, stricter
from tests.service import START, Service
from tests.trials.backtesting import BACKTEST, Wallet, history


def test_the_policy_in_force_changes_nothing(tried: Wallet) -> None:
    judged = history(tried)
    result = tried.tries(draft())
    assert (result["logins"], result["changed"], result["examples"]) == (10, [], [])
    assert result["before"] == result["after"]
    decisions = [answer["decision"] for answer in judged]
    assert result["before"] == {name: decisions.count(name) for name in ("allow", "challenge", "deny")}


def test_a_draft_that_challenges_everybody(tried: Wallet) -> None:
    history(tried)
    result = tried.tries(stricter())
    assert result["before"] == {"allow": 9, "challenge": 1, "deny": 0}
    assert result["after"] == {"allow": 0, "challenge": 10, "deny": 0}
    assert result["changed"] == [{"before": "allow", "after": "challenge", "logins": 9}]
    assert [example["account_id"] for example in result["examples"]] == ["owner-0", "owner-1", "owner-2"]


def test_an_example_is_a_login_with_its_reasons_under_both(tried: Wallet) -> None:
    judged = history(tried)[-1]
    (example,) = tried.tries(milder())["examples"]
    assert (example["account_id"], example["event_id"]) == ("owner-0", judged["event_id"])
    assert example["before"]["decision"] == "challenge"
    assert example["before"]["score"] == judged["risk"]["score"]
    assert example["before"]["signals"] == [
        {**signal, "detail": here["detail"]}
        for signal, here in zip(judged["risk"]["signals"], example["before"]["signals"], strict=True)
    ]
    assert example["after"]["decision"] == "allow"


def test_a_passed_challenge_is_honoured(tried: Wallet) -> None:
    tried.reports(login("owner"))
    first = takeover("owner")
    tried.reports(first)
    passed = {"outcome": "passed", "method": "otp", "occurred_at": START.isoformat()}
    path = f"/v1/accounts/owner/login-events/{first['event_id']}/challenge"
    tried.wallet.post(path, json=passed).raise_for_status()
    again = tried.reports(takeover("owner", after=timedelta(hours=20)))
    assert again["device"]["recognition"] == "known"
    assert tried.tries(draft())["before"] == {"allow": 2, "challenge": 1, "deny": 0}


def test_credential_changes_and_other_accounts_count_as_they_did(tried: Wallet) -> None:
    tried.reports(login("owner", after=timedelta(hours=-5)))
    recovered = {
        "event_id": "chg-1",
        "occurred_at": (START - timedelta(days=1)).isoformat(),
        "credential": "password",
        "method": "recovery",
    }
    tried.wallet.post("/v1/accounts/owner/credential-changes", json=recovered).raise_for_status()
    for number in range(6):
        failure = {"outcome": "failure", "failure_reason": "bad_password", "ip": "198.51.100.9"}
        tried.reports(login(f"victim-{number}", after=timedelta(minutes=39), **failure))
    judged = tried.reports(takeover("owner"))
    codes = {signal["code"] for signal in judged["risk"]["signals"]}
    assert {"recent_recovery", "source_under_suspicion"} <= codes
    (example,) = [
        example for example in tried.tries(milder())["examples"] if example["event_id"] == judged["event_id"]
    ]
    assert {signal["code"] for signal in example["before"]["signals"]} == codes
    assert example["before"]["score"] == judged["risk"]["score"]


def test_logins_before_the_period_are_what_later_ones_are_judged_by(tried: Wallet) -> None:
    tried.reports(login("owner"))
    tried.reports(takeover("owner", after=timedelta(hours=2)))
    since = (START - timedelta(days=1) + timedelta(hours=1)).isoformat()
    assert tried.tries(draft(), since=since)["before"] == {"allow": 0, "challenge": 1, "deny": 0}
    assert tried.tries(draft(), until=since)["before"] == {"allow": 1, "challenge": 0, "deny": 0}


def test_a_sample_is_of_accounts_and_a_larger_one_holds_the_smaller(tried: Wallet) -> None:
    history(tried, accounts=40)
    logins = [tried.tries(draft(), sample=share)["logins"] for share in (0.1, 0.5, 1.0)]
    assert logins == sorted(logins)
    assert 0 < logins[1] < logins[2] == 121


def test_a_question_is_asked_once(tried: Wallet) -> None:
    key = {"Idempotency-Key": "try-1"}
    answers = [tried.admin.post(BACKTEST, json={"document": draft()}, headers=key) for _ in range(2)]
    assert answers[0].json()["backtest_id"] == answers[1].json()["backtest_id"]


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ({}, "/document"),
        ({"document": draft(signals={"new_devise": 1.0})}, "/document/signals/new_devise"),
        ({"document": draft(challenge_at=0.9, deny_at=0.8)}, "/document/challenge_at"),
        ({"document": draft(), "sample": 0}, "/sample"),
        ({"document": draft(), "sample": 1.1}, "/sample"),
        ({"document": draft(), "since": "2026-11-01"}, "/since"),
        ({"document": draft(), "since": "2026-11-02T00:00:00Z", "until": "2026-11-01T00:00:00Z"}, "/until"),
    ],
)
def test_what_cannot_be_tried_is_422_with_a_pointer(
    service: Service, body: dict[str, Any], pointer: str
) -> None:
    with service.client("admin") as admin:
        answer = admin.post(BACKTEST, json=body)
    assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (422, pointer)
