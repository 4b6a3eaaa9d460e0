"""A budget of challenges becomes a threshold: from the wallet's own logins, once, and said how."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta
from typing import Any

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from secmon.policies.budgets import (
    LEAST_CHALLENGED,
    BudgetOutOfReach,
    Sample,
    ScoredLogin,
    TooFewLogins,
    basis,
)
from secmon.risk.shipped import DEFAULT_POLICY
from tests.logins.factories import login, takeover
from tests.policies.drafts import PATH, draft, milder, put, stricter
from tests.policies.test_presets import change
from tests.service import START, Service

SURE = replace(DEFAULT_POLICY, deny_at=1.0)


def sample(scores: list[float], **members: Any) -> Sample:
    logins = [ScoredLogin(score, frozenset(), 30, **members) for score in scores]
    return Sample(START - timedelta(days=30), START, 1.0, logins)


def owner(score: float, *signals: str, before: int = 30) -> ScoredLogin:
    return ScoredLogin(score, frozenset(signals), before)


@given(
    st.lists(st.integers(0, 9_998).map(lambda score: score / 10_000), min_size=600, max_size=700),
    st.floats(0.05, 0.5),
)
def test_no_more_than_the_budget_is_challenged_and_no_threshold_below_would_do(
    scores: list[float], budget: float
) -> None:
    found = basis(SURE, budget, sample(scores))
    challenged = [score for score in scores if score >= found["challenge_at"]]
    assert len(challenged) <= budget * len(scores)
    lower = [score for score in scores if score >= found["challenge_at"] - 0.0001]
    assert len(lower) > budget * len(scores) or len(lower) == len(challenged) == int(budget * len(scores))
    assert found["challenged"]["after"] == pytest.approx(len(challenged) / len(scores), abs=1e-5)


def test_logins_that_score_alike_are_let_in_together() -> None:
    found = basis(SURE, 0.1, sample([0.9] * 50 + [0.4] * 500))
    assert found["challenge_at"] == pytest.approx(0.4001)
    assert found["challenged"] == {
        "logins": 550,
        "before": pytest.approx(0.09091),
        "after": pytest.approx(0.09091),
    }


def test_what_is_known_to_be_no_owners_is_nobodys_budget() -> None:
    """A flood of it would lift the threshold, and let the next one in."""
    calm = sample([step / 1000 for step in range(1000)])
    flood = [ScoredLogin(0.98, frozenset(), 0, not_owner=True)] * 500
    flooded = replace(calm, logins=[*calm.logins, *flood])
    assert basis(SURE, 0.1, flooded)["challenge_at"] == basis(SURE, 0.1, calm)["challenge_at"]
    assert basis(SURE, 0.1, flooded)["left_out"] == 500


def test_too_few_logins_are_refused_and_the_answer_says_how_many_it_takes() -> None:
    least = LEAST_CHALLENGED * 10
    with pytest.raises(TooFewLogins, match=rf"needs {least} logins .* there are {least - 1}\."):
        basis(SURE, 0.1, sample([0.1] * (least - 1)))
    assert basis(SURE, 0.1, sample([0.1] * least))["challenge_at"] == pytest.approx(0.1001)


def test_where_more_than_the_budget_would_be_denied_no_threshold_is_found() -> None:
    with pytest.raises(BudgetOutOfReach, match=r"deny_at, 0\.99, 20\.00%"):
        basis(DEFAULT_POLICY, 0.1, sample([0.995] * 100 + [0.1] * 400))


def test_it_says_who_pays_and_by_how_much_is_known_of_them() -> None:
    logins = [
        *[owner(0.8, "new_device", before=2)] * 30,
        *[owner(0.8, "new_install_of_known_model", "anonymizer", before=12)] * 20,
        *[owner(0.1, "new_country", before=9)] * 50,
        *[owner(0.01, before=30)] * 400,
    ]
    found = basis(SURE, 0.1, replace(sample([]), logins=logins))
    assert {who: (cost["logins"], cost["after"]) for who, cost in found["owners"].items()} == {
        "new_phone": (30, 1.0),
        "reinstall": (20, 1.0),
        "travel": (50, 0.0),
        "vpn": (20, 1.0),
        "others": (400, 0.0),
    }
    assert {name: (cost["logins"], cost["after"]) for name, cost in found["history"].items()} == {
        "0-2": (30, 1.0),
        "3-9": (50, 0.0),
        "10-29": (20, 1.0),
        "30+": (400, 0.0),
    }


def test_what_it_would_catch_is_told_for_weights_that_were_measured_and_for_no_others() -> None:
    logins = sample([step / 1000 for step in range(1000)])
    few, many = basis(SURE, 0.05, logins)["caught"], basis(SURE, 0.5, logins)["caught"]
    assert few.keys() == many.keys()
    assert all(few[kind] <= many[kind] <= 1 for kind in few)
    assert basis(replace(SURE, prior=1.0), 0.5, logins)["caught"] is None


@pytest.fixture
def busy(trying: Service, wallet: httpx.Client, account_id: str, admin: httpx.Client) -> dict[str, Any]:
    """A wallet of 80 owners, under weights of this test's own; eight were robbed."""
    document = draft(prior=-4.0 - int(account_id.rsplit("-", 1)[-1]) / 1000)
    put(admin, document)
    owners = [f"{account_id}-{number}" for number in range(80)]
    events = [login(owner, geo=None, ip=f"203.0.{number}.7") for number, owner in enumerate(owners)]
    events += [takeover(owner) for owner in owners[:8]]
    trying.clock.now = START - timedelta(seconds=1)
    wallet.post("/v1/login-events/batch", json={"events": events}).raise_for_status()
    trying.clock.now = START
    return document


def test_a_budget_sets_the_threshold_and_nothing_else(
    admin: httpx.Client, busy: dict[str, Any], trying: Service
) -> None:
    answer = change(admin, {"challenge_budget": 0.4, "reason": "support is short of hands"})
    assert answer.status_code == 200, answer.text
    found = answer.json()
    assert found["document"] == busy | {"challenge_at": found["budget"]["challenge_at"]}
    assert (found["preset"], found["budget"]["logins"], found["budget"]["sampled"]) == (None, 88, 1.0)
    assert found["budget"]["owners"]["new_phone"] == {"logins": 8, "before": 0.0, "after": 1.0}
    assert found["budget"]["history"]["0-2"]["logins"] == 88
    assert admin.get(PATH).json() == found
    again = change(admin, {"challenge_budget": 0.4}).json()
    same = ("challenge_at", "logins", "left_out", "sampled", "owners", "caught")
    assert {name: again["budget"][name] for name in same if name != "owners"} == {
        name: found["budget"][name] for name in same if name != "owners"
    }
    with trying.client("auditor") as auditor:
        newest = auditor.get("/v1/audit", params={"action": "risk_policy.changed"}).json()["items"][1]
    assert newest["facts"] == {
        "upon": found["version"] - 1,
        "challenge_budget": 0.4,
        "challenge_at": found["document"]["challenge_at"],
    }


def test_scores_of_other_weights_are_not_compared(admin: httpx.Client, busy: dict[str, Any]) -> None:
    put(admin, busy | {"prior": busy["prior"] - 0.0001})
    refused = change(admin, {"challenge_budget": 0.4})
    assert (refused.status_code, refused.json()["code"]) == (409, "too_few_logins")
    assert "there are 0" in refused.json()["detail"]


def test_versions_that_differ_in_what_follows_are_compared(admin: httpx.Client, busy: dict[str, Any]) -> None:
    put(admin, busy | {"challenge_at": 0.9, "watched_accounts": ["acct-9"]})
    assert change(admin, {"challenge_budget": 0.4}).json()["budget"]["logins"] == 88


def test_logins_of_long_ago_and_failures_do_not_count(
    admin: httpx.Client, wallet: httpx.Client, busy: dict[str, Any], trying: Service, account_id: str
) -> None:
    assert busy
    trying.clock.advance(timedelta(days=31))
    failures = [
        login(
            f"{account_id}-f{number}", outcome="failure", failure_reason="bad_password", after=timedelta(31)
        )
        for number in range(100)
    ]
    wallet.post("/v1/login-events/batch", json={"events": failures}).raise_for_status()
    trying.clock.advance(timedelta(seconds=1))
    refused = change(admin, {"challenge_budget": 0.4})
    assert (refused.status_code, "there are 0" in refused.json()["detail"]) == (409, True)


@pytest.mark.parametrize(
    "budget", [0, 1, 2, -0.01, 0.0009, 0.51, "0.01", None, True, [0.01], {}, 1e400, 10**400]
)
def test_a_budget_that_is_none_is_422_and_changes_nothing(admin: httpx.Client, budget: Any) -> None:
    before = admin.get(PATH).json()
    content = json.dumps({"challenge_budget": budget}).replace("Infinity", "1e400")
    headers = {"If-Match": admin.get(PATH).headers["ETag"], "Content-Type": "application/json"}
    refused = admin.put(PATH, content=content, headers=headers)
    assert refused.status_code == 422, refused.text
    assert [error["pointer"] for error in refused.json()["errors"]] == ["/challenge_budget"]
    assert admin.get(PATH).json() == before


def test_a_budget_that_is_no_json_is_400(admin: httpx.Client) -> None:
    headers = {"If-Match": "*", "Content-Type": "application/json"}
    assert admin.put(PATH, content='{"challenge_budget": NaN}', headers=headers).status_code == 400


def test_it_is_put_upon_the_version_that_was_seen(admin: httpx.Client) -> None:
    stale = admin.get(PATH).headers["ETag"]
    put(admin, milder())
    put(admin, stricter())
    body = {"challenge_budget": 0.4}
    assert admin.put(PATH, json=body).status_code == 428
    assert admin.put(PATH, json=body, headers={"If-Match": stale}).status_code == 412
