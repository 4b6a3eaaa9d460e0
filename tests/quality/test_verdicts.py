"""Staff say whose a login was, on a case: it labels the login, and changes nothing of the account."""

from __future__ import annotations

import uuid
from datetime import timedelta
from typing import Any

from sqlalchemy import false

from secmon.cases.service import holds
from secmon.database.retention import Expired
from secmon.quality import verdicts
from tests.cases.desk import check_identity, code, standing
from tests.quality.wallet import Wallet


def test_a_verdict_is_given_on_a_case_and_replaced_by_a_later_one(labelled: Wallet) -> None:
    owner = labelled.robbed("acct-1")
    case_id = labelled.opens("acct-1", checked=True)
    before = standing(labelled.wallet, "acct-1")
    first = labelled.finds(owner, "takeover", case_id)
    assert first.status_code == 200, first.text
    assert first.json() | {"decided_by": ""} == {
        "account_id": "acct-1",
        "event_id": owner.event["event_id"],
        "verdict": "takeover",
        "case_id": case_id,
        "decided_at": "2026-11-22T02:00:00Z",
        "decided_by": "",
    }
    assert labelled.finds(owner, "owner", case_id).json()["verdict"] == "owner"
    labelled.service.clock.advance(timedelta(hours=1))
    assert labelled.counted()["sources"]["staff"] == {"owner": 1, "takeover": 0}
    assert standing(labelled.wallet, "acct-1") == before
    timeline = labelled.agent.get(f"/v1/cases/{case_id}/timeline").json()["items"]
    said = [entry["sentence"] for entry in timeline if entry["what"] == "login.verdict_given"]
    assert len(said) == 2
    assert "somebody else's" in said[1]


def test_that_it_was_the_owner_takes_a_good_identity_check(labelled: Wallet) -> None:
    """A thief can phone."""
    owner = labelled.robbed("acct-1")
    case_id = labelled.opens("acct-1", checked=False)
    assert code(labelled.finds(owner, "owner", case_id)) == (409, "identity_unverified")
    check_identity(labelled.agent, case_id, outcome="failed").raise_for_status()
    assert code(labelled.finds(owner, "owner", case_id)) == (409, "identity_unverified")
    assert labelled.finds(owner, "takeover", case_id).status_code == 200


def test_a_case_of_another_account_will_not_do(labelled: Wallet) -> None:
    owner, other = labelled.robbed("acct-1"), labelled.robbed("acct-2")
    case_id = labelled.opens(other.account_id, checked=True)
    assert code(labelled.finds(owner, "takeover", case_id)) == (404, "case_unknown")
    assert code(labelled.finds(owner, "owner", case_id)) == (409, "identity_unverified")
    assert code(labelled.finds(owner, "takeover", str(uuid.uuid4()))) == (404, "case_unknown")


def test_a_login_that_is_not_the_accounts_has_no_verdict(labelled: Wallet) -> None:
    owner, other = labelled.robbed("acct-1"), labelled.robbed("acct-2")
    case_id = labelled.opens("acct-1", checked=True)
    body = {"verdict": "takeover", "case_id": case_id}
    for event_id in (other.event["event_id"], "evt-of-nobody"):
        path = labelled.verdict_path(owner).replace(owner.event["event_id"], event_id)
        assert code(labelled.agent.put(path, json=body)) == (404, "event_unknown")


def test_what_is_no_verdict_is_422(labelled: Wallet) -> None:
    path, case_id = labelled.verdict_path(labelled.robbed("acct-1")), str(uuid.uuid4())
    bodies: list[dict[str, Any]] = [
        {},
        {"verdict": "takeover"},
        {"verdict": "thief", "case_id": case_id},
        {"verdict": True, "case_id": case_id},
        {"verdict": "owner", "case_id": "SC-2611"},
        {"verdict": "owner", "case_id": None},
        {"verdict": "owner", "case_id": case_id, "event_id": "evt-1"},
    ]
    assert {labelled.agent.put(path, json=body).status_code for body in bodies} == {422}


def test_only_staff_give_one(labelled: Wallet) -> None:
    owner = labelled.robbed("acct-1")
    case_id = labelled.opens("acct-1", checked=True)
    body = {"verdict": "takeover", "case_id": case_id}
    for role in ("wallet", "auditor", "admin"):
        with labelled.service.client(role) as client:
            assert client.put(labelled.verdict_path(owner), json=body).status_code == 403
    made = labelled.admin.post(
        "/v1/clients", json={"name": "robot", "role": "agent", "kind": "service"}
    ).json()
    labelled.service.credentials["robot"] = made
    with labelled.service.client("robot") as robot:
        assert code(robot.put(labelled.verdict_path(owner), json=body)) == (403, "staff_required")


def test_verdicts_go_with_the_account_and_with_their_logins(labelled: Wallet) -> None:
    def kept() -> int:
        with labelled.service.work(write=False) as work:
            start, end = work.now - timedelta(days=1), work.now + timedelta(days=1)
            return len(list(verdicts.between(work, start, end, 10)))

    for account_id in ("acct-1", "acct-2"):
        owner = labelled.robbed(account_id)
        labelled.finds(owner, "takeover", labelled.opens(account_id, checked=False)).raise_for_status()
    assert kept() == 2
    with labelled.service.work() as work:
        verdicts.erase(work, "acct-1")
    assert kept() == 1
    with labelled.service.work() as work:
        verdicts.purge(work, Expired(work.now + timedelta(seconds=1), holds))
    # What is under legal hold stays: its case is open.
    assert kept() == 1
    with labelled.service.work() as work:
        verdicts.purge(work, Expired(work.now + timedelta(seconds=1), _never))
    assert kept() == 0


def _never(_account_id: Any) -> Any:

    return false()
