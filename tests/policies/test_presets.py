"""A shipped policy is chosen by its name, and says what it was measured to catch and to cost."""

from __future__ import annotations

import json
from typing import Any

import httpx
import pytest
from sqlalchemy import text

from secmon.risk.shipped import SHIPPED_NAMES, shipped
from tests.policies.drafts import PATH, draft, put
from tests.service import Service

OWN = {
    "watched_accounts": ["acct-9"],
    "trusted_networks": ["10.0.0.0/8"],
    "notify": {"decisions": ["deny"], "signals": [], "sample": 0.01},
    "freeze_at": 0.999,
    "server_side_biometrics": True,
}


def change(admin: httpx.Client, body: dict[str, Any]) -> httpx.Response:
    """Upon the version that is in force."""
    return admin.put(PATH, json=body, headers={"If-Match": admin.get(PATH).headers["ETag"]})


@pytest.mark.parametrize("name", SHIPPED_NAMES)
def test_a_name_puts_in_force_how_that_policy_judges_and_leaves_what_is_the_operators(
    admin: httpx.Client, name: str
) -> None:
    before = put(admin, draft(**OWN, prior=-3.0)).json()
    found = change(admin, {"preset": name, "reason": "chosen by its cost"})
    assert found.status_code == 200, found.text
    body = found.json()
    assert (body["version"], body["preset"], body["preset_current"]) == (before["version"] + 1, name, True)
    expected = {**shipped(name).to_document(), **OWN}
    assert body["document"] == expected
    assert admin.get(PATH).json() == body


def test_every_answer_says_what_could_be_chosen_and_what_it_costs(admin: httpx.Client) -> None:
    presets = admin.get(PATH).json()["presets"]
    assert tuple(presets["policies"]) == SHIPPED_NAMES
    assert presets["wallets"] * presets["accounts"] > 0
    for one in presets["policies"].values():
        assert one["caught"]["targeted"] > 0.5
        assert 0 < one["challenged"]["natural mix"] < 0.1


def test_a_document_of_ones_own_goes_by_no_name(admin: httpx.Client) -> None:
    change(admin, {"preset": "strict"})
    same = change(admin, {"document": shipped("strict").to_document()}).json()
    assert (same["preset"], same["preset_current"]) == (None, None)


def test_what_another_release_shipped_under_the_name_stays_and_is_told(
    trying: Service, admin: httpx.Client
) -> None:
    """As after an upgrade: a version never changes, and nobody is moved to other weights unasked."""
    version = change(admin, {"preset": "quiet"}).json()["version"]
    with trying.work() as work:
        moved = json.dumps(json.loads(_stored(work, version)) | {"challenge_at": 0.1})
        work.session.execute(
            text("UPDATE risk_policies SET document = :document WHERE version = :version"),
            {"document": moved, "version": version},
        )
    found = admin.get(PATH).json()
    assert (found["preset"], found["preset_current"]) == ("quiet", False)
    again = change(admin, {"preset": "quiet"}).json()
    assert (again["version"], again["preset_current"]) == (version + 1, True)
    assert again["document"]["challenge_at"] == shipped("quiet").challenge_at


def test_a_version_of_the_release_before_goes_by_no_name(trying: Service, admin: httpx.Client) -> None:
    version = put(admin, draft()).json()["version"]
    with trying.work() as work:
        work.session.execute(
            text(
                "INSERT INTO risk_policies (version, document, created_at, created_by)"
                " SELECT version + 1, document, created_at, created_by FROM risk_policies"
                " WHERE version = :version"
            ),
            {"version": version},
        )
    found = admin.get(PATH).json()
    assert (found["version"], found["preset"], found["budget"]) == (version + 1, None, None)


def test_a_name_that_cannot_go_with_the_operators_own_is_refused(admin: httpx.Client) -> None:
    before = put(admin, draft(deny_at=0.9, freeze_at=0.95)).json()
    refused = change(admin, {"preset": "balanced"})
    assert (refused.status_code, refused.json()["errors"][0]["pointer"]) == (422, "/preset")
    assert admin.get(PATH).json() == before


@pytest.mark.parametrize(
    ("body", "pointers"),
    [
        ({"preset": "lenient"}, ["/preset"]),
        ({"preset": ["strict"]}, ["/preset"]),
        ({"preset": None}, ["/preset"]),
        ({"preset": "strict", "document": draft()}, ["/preset"]),
        ({"preset": "strict", "challenge_budget": 0.01}, ["/challenge_budget"]),
        (
            {"preset": "strict", "document": draft(), "challenge_budget": 0.01},
            ["/challenge_budget", "/preset"],
        ),
        ({"reason": "none of the three"}, ["/document"]),
    ],
)
def test_one_of_the_three_is_chosen_and_no_more(
    admin: httpx.Client, body: dict[str, Any], pointers: list[str]
) -> None:
    before = admin.get(PATH).json()
    refused = change(admin, body)
    assert refused.status_code == 422
    assert sorted(error["pointer"] for error in refused.json()["errors"]) == pointers
    assert admin.get(PATH).json() == before


def test_the_name_stands_in_the_audit(trying: Service, admin: httpx.Client) -> None:
    put(admin, draft())
    version = change(admin, {"preset": "strict", "reason": "a wave"}).json()["version"]
    with trying.client("auditor") as auditor:
        newest = auditor.get("/v1/audit", params={"action": "risk_policy.changed"}).json()["items"][0]
    assert newest["facts"] == {"upon": version - 1, "preset": "strict"}
    assert newest["reason"] == "a wave"


def _stored(work: Any, version: int) -> str:
    document: str = work.session.scalar(
        text("SELECT document FROM risk_policies WHERE version = :version"), {"version": version}
    )
    return document
