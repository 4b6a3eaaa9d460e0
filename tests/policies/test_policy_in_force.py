"""The policy over HTTP: read, changed upon what was read, never changed in place."""

from __future__ import annotations

import json
import threading
from typing import Any

import httpx
import pytest

from secmon.risk.shipped import DEFAULT_POLICY
from tests.logins.factories import login
from tests.policies.drafts import PATH, draft, milder, put, stricter
from tests.service import Service


def test_a_new_version_judges_from_the_next_login_on(
    admin: httpx.Client, wallet: httpx.Client, account_id: str
) -> None:
    assert put(admin, milder()).status_code == 200
    first = wallet.post("/v1/login-events", json=login(account_id)).json()
    changed = put(admin, stricter())
    second = wallet.post("/v1/login-events", json=login(account_id)).json()
    assert (first["decision"], second["decision"]) == ("allow", "challenge")
    assert (
        second["risk"]["policy_version"] == first["risk"]["policy_version"] + 1 == changed.json()["version"]
    )


def test_what_was_put_is_what_is_read(admin: httpx.Client) -> None:
    changed = put(admin, draft(prior=-1.5, watched_accounts=["acct-9"]))
    found = admin.get(PATH)
    assert found.json() == changed.json()
    assert found.headers["ETag"] == changed.headers["ETag"] == f'"{changed.json()["version"]}"'
    assert found.json()["document"] == draft(prior=-1.5, watched_accounts=["acct-9"])
    assert found.json()["created_at"] == "2026-11-22T02:00:00Z"


def test_a_version_never_changes(admin: httpx.Client) -> None:
    before = put(admin, draft(prior=-2.5)).json()
    put(admin, draft(prior=-3.5))
    assert admin.get(PATH, params={"version": before["version"]}).json() == before
    shipped = admin.get(PATH, params={"version": "0"}).json()
    assert shipped == {
        "version": 0,
        "document": DEFAULT_POLICY.to_document(),
        "created_at": None,
        "created_by": None,
        "preset": "balanced",
        "preset_current": True,
        "budget": None,
        "presets": before["presets"],
    }
    unknown = admin.get(PATH, params={"version": "999999"})
    assert (unknown.status_code, unknown.json()["code"]) == (404, "policy_version_unknown")
    assert admin.get(PATH, params={"version": "-1"}).status_code == 422


def test_what_a_document_leaves_out_is_stored_as_it_was_meant(admin: httpx.Client) -> None:
    """A default of a later release changes no version of today."""
    short = {name: draft()[name] for name in ("prior", "features", "challenge_at", "deny_at")}
    stored = put(admin, {**short, "signals": {"new_device": 2.0}}).json()["document"]
    assert stored["limits"] == draft()["limits"]
    assert (stored["signals"]["new_device"], stored["signals"]["anonymizer"]) == (2.0, 0.0)
    assert stored["notify"] == {
        "decisions": ["challenge", "deny"],
        "signals": ["mismatched_device", "new_device", "new_install_of_known_model"],
    }


def test_an_operator_can_keep_new_devices_that_were_allowed_quiet(
    admin: httpx.Client, wallet: httpx.Client, account_id: str
) -> None:
    told = {"decisions": ["challenge", "deny"], "signals": ["new_device"]}
    device = {"device_id": "another", "user_agent": "UWallet/5.2 (iOS 17; iPhone14,5)"}
    for signals, is_told in (([], False), (told["signals"], True)):
        assert put(admin, milder() | {"notify": told | {"signals": signals}}).status_code == 200
        owner = f"{account_id}-{is_told}"
        wallet.post("/v1/login-events", json=login(owner)).raise_for_status()
        judged = wallet.post("/v1/login-events", json=login(owner, **device)).json()
        assert (judged["decision"], judged["alert_id"] is not None) == ("allow", is_told)


def test_a_change_needs_the_version_that_it_is_made_upon(admin: httpx.Client) -> None:
    without = admin.put(PATH, json={"document": draft()})
    assert (without.status_code, without.json()["code"]) == (428, "if_match_required")
    tag = admin.get(PATH).headers["ETag"]
    put(admin, draft())
    stale = admin.put(PATH, json={"document": draft()}, headers={"If-Match": tag})
    assert (stale.status_code, stale.json()["code"]) == (412, "version_stale")


def test_an_unchanged_policy_is_not_sent_twice(admin: httpx.Client) -> None:
    tag = admin.get(PATH).headers["ETag"]
    assert admin.get(PATH, headers={"If-None-Match": tag}).status_code == 304


def test_of_two_changes_at_once_one_wins(trying: Service, admin: httpx.Client) -> None:
    tag = admin.get(PATH).headers["ETag"]
    barrier, answers = threading.Barrier(4), list[httpx.Response]()

    def change(prior: float) -> None:
        with trying.client("admin") as client:
            barrier.wait()
            body = {"document": draft(prior=prior)}
            answers.append(client.put(PATH, json=body, headers={"If-Match": tag}))

    threads = [threading.Thread(target=change, args=(-float(number),)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(answer.status_code for answer in answers) == [200, 412, 412, 412]
    (won,) = [answer.json() for answer in answers if answer.status_code == 200]
    assert admin.get(PATH).json() == won


def test_who_changed_it_and_why_is_recorded(trying: Service, admin: httpx.Client) -> None:
    changed = put(admin, draft(), reason="fewer false alarms").json()
    with trying.client("auditor") as auditor:
        entries = auditor.get("/v1/audit", params={"action": "risk_policy.changed"}).json()["items"]
    newest = entries[0]
    assert newest["account_id"] is None
    assert (newest["subject"], newest["reason"]) == (str(changed["version"]), "fewer false alarms")
    assert newest["actor"]["id"] == changed["created_by"]


@pytest.mark.parametrize(
    ("changes", "pointer"),
    [
        ({"signals": {"new_devise": 1.0}}, "/document/signals/new_devise"),
        ({"signals": {"a/b~c": 1.0}}, "/document/signals/a~1b~0c"),
        ({"challenge_at": 0.9, "deny_at": 0.8}, "/document/challenge_at"),
        ({"deny_at": 0.9, "freeze_at": 0.8}, "/document/freeze_at"),
        ({"challenge_at": 1.5}, "/document/challenge_at"),
        ({"challenge_at": "0.5"}, "/document/challenge_at"),
        ({"prior": True}, "/document/prior"),
        ({"prior": 10**400}, "/document/prior"),
        ({"prior": None}, "/document/prior"),
        ({"features": []}, "/document/features"),
        ({"features": {"network": 51}}, "/document/features/network"),
        ({"limits": {"dormant_days": -1}}, "/document/limits/dormant_days"),
        ({"limits": {"attacking_networks": 2.5}}, "/document/limits/attacking_networks"),
        ({"notify": {"decisions": ["shout"]}}, "/document/notify/decisions/0"),
        ({"trusted_networks": ["10.0.0.0/33"]}, "/document/trusted_networks/0"),
        ({"watched_accounts": [7]}, "/document/watched_accounts"),
        ({"blocked": []}, "/document/blocked"),
    ],
)
def test_what_is_no_policy_is_422_with_a_pointer_and_changes_nothing(
    admin: httpx.Client, changes: dict[str, Any], pointer: str
) -> None:
    before = admin.get(PATH).json()
    answer = put(admin, draft(**changes))
    assert (answer.status_code, answer.json()["code"]) == (422, "invalid_fields")
    assert [error["pointer"] for error in answer.json()["errors"]] == [pointer]
    assert admin.get(PATH).json() == before


def test_a_document_without_its_parts_is_refused(admin: httpx.Client) -> None:
    assert put(admin, {}).json()["errors"][0]["pointer"] == "/document/challenge_at"
    bodies: list[dict[str, Any]] = [{}, {"document": []}, {"document": draft(), "version": 9}]
    for body in bodies:
        tag = admin.get(PATH).headers["ETag"]
        assert admin.put(PATH, json=body, headers={"If-Match": tag}).status_code == 422
    not_json = json.dumps({"document": draft()}).replace('"prior": ', '"prior": NaN, "x": ')
    headers = {"If-Match": "*", "Content-Type": "application/json"}
    assert admin.put(PATH, content=not_json, headers=headers).status_code == 400


@pytest.mark.parametrize("role", ["wallet", "agent", "supervisor", "auditor"])
def test_only_the_admin_reads_and_writes_it(trying: Service, role: str) -> None:
    with trying.client(role) as client:
        assert client.get(PATH).status_code == 403
        assert client.put(PATH, json={"document": draft()}, headers={"If-Match": "*"}).status_code == 403
