"""A shadow policy is judged with every login, and has no effect on any."""

from __future__ import annotations

from datetime import timedelta

import httpx

from secmon.trials import shadows
from secmon.trials.comparisons import counts_of
from tests.logins.factories import login, takeover
from tests.policies.drafts import PATH, draft, put, stricter
from tests.service import Service

SHADOW = f"{PATH}/shadow"


def set_shadow(admin: httpx.Client, document: object) -> httpx.Response:
    return admin.put(SHADOW, json={"document": document})


def test_it_is_counted_and_changes_no_answer(
    admin: httpx.Client, wallet: httpx.Client, account_id: str
) -> None:
    put(admin, draft())
    assert set_shadow(admin, stricter()).json()["result"]["logins"] == 0
    answers = [
        wallet.post("/v1/login-events", json=login(account_id, after=timedelta(hours=hour))).json()
        for hour in range(3)
    ]
    assert [answer["decision"] for answer in answers] == ["allow"] * 3
    result = admin.get(SHADOW).json()["result"]
    assert result["logins"] == 3
    assert result["before"] == {"allow": 3, "challenge": 0, "deny": 0}
    assert result["after"] == {"allow": 0, "challenge": 3, "deny": 0}
    assert result["changed"] == [{"before": "allow", "after": "challenge", "logins": 3}]


def test_an_example_says_why_under_both(admin: httpx.Client, wallet: httpx.Client, account_id: str) -> None:
    put(admin, draft())
    wallet.post("/v1/login-events", json=login(account_id))
    set_shadow(admin, draft(challenge_at=1.0, deny_at=1.0))
    event = takeover(account_id)
    judged = wallet.post("/v1/login-events", json=event).json()
    (example,) = admin.get(SHADOW, headers={"Accept-Language": "zh-CN"}).json()["result"]["examples"]
    assert (example["account_id"], example["event_id"]) == (account_id, event["event_id"])
    assert (example["before"]["decision"], example["after"]["decision"]) == ("challenge", "allow")
    assert example["before"]["score"] == judged["risk"]["score"]
    # The answer told the device by the name that its owner knows; here it is known by its maker's.
    weights = [(signal["code"], signal["weight"]) for signal in judged["risk"]["signals"]]
    assert [(signal["code"], signal["weight"]) for signal in example["before"]["signals"]] == weights
    english = admin.get(SHADOW).json()["result"]["examples"][0]["before"]["signals"]
    assert any("first login" in signal["detail"] for signal in english)


def test_a_batch_is_compared_as_well(admin: httpx.Client, wallet: httpx.Client, account_id: str) -> None:
    set_shadow(admin, stricter())
    events = [login(f"{account_id}-{number}") for number in range(5)]
    wallet.post("/v1/login-events/batch", json={"events": events}).raise_for_status()
    wallet.post("/v1/login-events/batch", json={"events": events}).raise_for_status()
    assert admin.get(SHADOW).json()["result"]["logins"] == 5


def test_another_shadow_begins_from_nought(
    admin: httpx.Client, wallet: httpx.Client, account_id: str
) -> None:
    first = set_shadow(admin, stricter()).json()
    wallet.post("/v1/login-events", json=login(account_id))
    second = set_shadow(admin, draft()).json()
    assert second["version"] == first["version"] + 1
    wallet.post("/v1/login-events", json=login(account_id))
    assert admin.get(SHADOW).json()["result"]["logins"] == 1


def test_what_ended_is_not_judged_any_more(
    admin: httpx.Client, wallet: httpx.Client, account_id: str
) -> None:
    set_shadow(admin, stricter())
    wallet.post("/v1/login-events", json=login(account_id))
    assert admin.delete(SHADOW).status_code == 204
    for again in (admin.get(SHADOW), admin.delete(SHADOW)):
        assert (again.status_code, again.json()["code"]) == (404, "no_shadow_policy")
    wallet.post("/v1/login-events", json=login(account_id))
    assert set_shadow(admin, draft()).json()["result"]["logins"] == 0


def test_what_is_no_policy_is_no_shadow(admin: httpx.Client) -> None:
    standing = set_shadow(admin, draft()).json()
    refused = set_shadow(admin, draft(challenge_at=0.9, deny_at=0.8))
    assert (refused.status_code, refused.json()["errors"][0]["pointer"]) == (422, "/document/challenge_at")
    assert admin.get(SHADOW).json()["version"] == standing["version"]


def test_examples_of_an_erased_account_are_gone(
    admin: httpx.Client, wallet: httpx.Client, account_id: str
) -> None:
    put(admin, draft())
    set_shadow(admin, stricter())
    wallet.post("/v1/login-events", json=login(account_id))
    assert len(admin.get(SHADOW).json()["result"]["examples"]) == 1
    assert wallet.delete(f"/v1/accounts/{account_id}").status_code == 204
    result = admin.get(SHADOW).json()["result"]
    assert (result["logins"], result["examples"]) == (1, [])


def test_nothing_stays_of_what_ended_however_late_it_is_told(
    trying: Service, admin: httpx.Client, wallet: httpx.Client, account_id: str
) -> None:
    first = set_shadow(admin, stricter()).json()["version"]
    wallet.post("/v1/login-events", json=login(account_id))
    assert admin.get(SHADOW).json()["result"]["logins"] == 1
    second = set_shadow(admin, draft()).json()["version"]
    with trying.work() as work:
        shadows.note(work, first, {("allow", "deny"): 5}, [])
    with trying.work(write=False) as work:
        assert counts_of(work, f"shadow {first}") == {}
        assert counts_of(work, f"shadow {second}") == {}
