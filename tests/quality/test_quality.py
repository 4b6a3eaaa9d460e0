"""What people say of logins comes to precision and recall, whoever says it and however late."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import httpx
import pytest

from secmon.quality import counting
from tests.cases import desk
from tests.logins.factories import login
from tests.policies.drafts import draft, put
from tests.quality.wallet import QUALITY, Wallet
from tests.service import START

LABELS = {
    "not_me": ("answer", "takeover"),
    "was_me": ("answer", "owner"),
    "failed": ("challenge", "takeover"),
    "passed": ("challenge", "owner"),
}


@pytest.mark.parametrize("said", LABELS)
def test_a_word_of_a_challenged_login_is_a_label(labelled: Wallet, said: str) -> None:
    owner = labelled.robbed("acct-1")
    if said in ("passed", "failed"):
        labelled.settles(owner, said)
    else:
        owner.answer(said).raise_for_status()
    source, truth = LABELS[said]
    labelled.service.clock.advance(timedelta(hours=2))
    found = labelled.counted()
    assert found["labels"] == {"owner": 0, "takeover": 0} | {truth: 1}
    assert found["sources"][source][truth] == 1
    caught = int(truth == "takeover")
    assert (found["precision"]["hits"], found["precision"]["of"]) == (caught, 1)
    assert (found["recall"]["hits"], found["recall"]["of"]) == (caught, caught)
    assert found["signals"]["new_device"]["precision"]["share"] == float(caught)
    assert found["logins"] == {"allow": 1, "challenge": 1, "deny": 0}


def test_where_nobody_said_anything_nothing_is_claimed(labelled: Wallet) -> None:
    assert labelled.shown() == {
        "counted_at": None,
        "latest": labelled.shown()["latest"],
        "weeks": [],
    }
    labelled.robbed("acct-1")
    labelled.service.clock.advance(timedelta(hours=2))
    found = labelled.counted()
    nothing = {"hits": 0, "of": 0, "share": None, "low": None, "high": None}
    assert found["precision"] == found["recall"] == nothing
    assert found["random_sample"]["missed"] == nothing
    assert found["random_sample"]["recall"] == {"share": None, "low": None, "high": None}


def test_staff_lead_where_labels_are_of_two_minds_and_the_conflict_is_counted(labelled: Wallet) -> None:
    owner = labelled.robbed("acct-1")
    owner.answer("was_me").raise_for_status()
    labelled.settles(owner, "passed")
    case_id = labelled.opens("acct-1", checked=False)
    assert labelled.finds(owner, "takeover", case_id).status_code == 200
    labelled.service.clock.advance(timedelta(hours=2))
    found = labelled.counted()
    assert (found["labels"], found["conflicts"]) == ({"owner": 0, "takeover": 1}, 1)
    assert found["sources"] == {
        "staff": {"owner": 0, "takeover": 1},
        "answer": {"owner": 1, "takeover": 0},
        "challenge": {"owner": 1, "takeover": 0},
    }
    assert found["precision"]["share"] == 1.0


def test_an_owner_who_denies_leads_over_a_challenge_that_was_passed(labelled: Wallet) -> None:
    """Whoever took the SIM over has passed it."""
    owner = labelled.robbed("acct-1")
    labelled.settles(owner, "passed")
    owner.answer("not_me").raise_for_status()
    labelled.service.clock.advance(timedelta(hours=2))
    found = labelled.counted()
    assert (found["labels"], found["conflicts"]) == ({"owner": 0, "takeover": 1}, 1)


def test_a_theft_that_staff_ended_confirms_the_owners_word(labelled: Wallet) -> None:
    owner = labelled.robbed("acct-1")
    case_id = owner.answer("not_me").json()["case_id"]
    labelled.service.clock.advance(timedelta(hours=1))
    since = (START - timedelta(days=1)).isoformat()
    desk.give_back(labelled.agent, labelled.supervisor, "acct-1", case_id, suspected_since=since)
    assert labelled.counted()["sources"]["staff"] == {"owner": 0, "takeover": 1}


def test_a_freeze_that_ended_as_no_theft_confirms_nothing(labelled: Wallet) -> None:
    owner = labelled.robbed("acct-1")
    case_id = owner.answer("not_me").json()["case_id"]
    labelled.service.clock.advance(timedelta(hours=1))
    desk.give_back(labelled.agent, labelled.supervisor, "acct-1", case_id)
    found = labelled.counted()
    assert found["sources"]["staff"] == {"owner": 0, "takeover": 0}
    assert found["labels"]["takeover"] == 1


def test_what_a_freeze_denied_was_not_caught_by_the_policy(labelled: Wallet) -> None:
    owner = labelled.robbed("acct-1")
    case_id = desk.freeze(labelled.wallet, "acct-1", reason="owner_request")["case"]["case_id"]
    event = login("acct-1", after=timedelta(minutes=50))
    judged = labelled.wallet.post("/v1/login-events", json=event).json()
    assert judged["decision"] == "deny"
    path = labelled.verdict_path(owner).replace(owner.event["event_id"], event["event_id"])
    labelled.agent.put(path, json={"verdict": "takeover", "case_id": case_id}).raise_for_status()
    labelled.service.clock.advance(timedelta(hours=2))
    found = labelled.counted()
    assert (found["recall"]["hits"], found["recall"]["of"]) == (0, 1)


def test_a_challenge_of_which_nothing_is_heard_is_abandoned_after_a_day(labelled: Wallet) -> None:
    labelled.robbed("acct-1")
    labelled.service.clock.advance(timedelta(hours=23))
    assert labelled.counted()["abandoned"] == 0
    labelled.service.clock.advance(counting.SETTLED_FOR)
    assert labelled.counted()["abandoned"] == 1


def test_labels_count_in_the_week_of_their_login_however_late_they_come(labelled: Wallet) -> None:
    owner = labelled.robbed("acct-1")
    labelled.service.clock.advance(timedelta(days=20))
    labelled.counted()
    owner.answer("not_me").raise_for_status()
    labelled.service.clock.advance(timedelta(days=2))
    labelled.counted()
    weeks = labelled.shown()["weeks"]
    assert [week["week"] for week in weeks if week["labels"]["takeover"]] == ["2026-11-16"]
    labelled.service.clock.advance(counting.OPEN_FOR)
    case_id = labelled.opens("acct-1", checked=False)
    assert labelled.finds(owner, "takeover", case_id).status_code == 200
    labelled.counted()
    (settled,) = [week for week in labelled.shown()["weeks"] if week["week"] == "2026-11-16"]
    assert (settled["labels"]["takeover"], settled["sources"]["staff"]["takeover"]) == (1, 0)


def test_a_week_is_counted_again_when_it_is_due_and_not_before(labelled: Wallet) -> None:
    owner = labelled.robbed("acct-1")
    labelled.service.clock.advance(timedelta(minutes=1))
    labelled.counted()
    owner.answer("not_me").raise_for_status()
    labelled.service.clock.advance(counting.FRESH_FOR - timedelta(seconds=1))
    assert labelled.counted()["labels"]["takeover"] == 0
    labelled.service.clock.advance(timedelta(seconds=1))
    assert labelled.counted()["labels"]["takeover"] == 1


def test_failures_and_imported_logins_carry_no_label(labelled: Wallet) -> None:
    failure = login("acct-1", outcome="failure", failure_reason="bad_password")
    labelled.wallet.post("/v1/login-events", json=failure).raise_for_status()
    with labelled.service.client("importer") as importer:
        importer.post("/v1/login-events/import", json={"events": [login("acct-2")]}).raise_for_status()
    labelled.service.clock.advance(timedelta(hours=2))
    assert labelled.counted()["logins"] == {"allow": 0, "challenge": 0, "deny": 0}


def asked(labelled: Wallet, share: float, logins: int) -> list[dict[str, Any]]:
    """The answers to so many ordinary logins of as many owners, a random share of whom is asked."""
    put(labelled.admin, draft(notify={"decisions": ["deny"], "signals": [], "sample": share}))
    events = [login(f"acct-{number}", event_id=f"evt-asked-{number}") for number in range(logins)]
    results = labelled.wallet.post("/v1/login-events/batch", json={"events": events}).raise_for_status()
    return [one["assessment"] for one in results.json()["results"]]


def test_a_random_sample_of_owners_is_asked_whatever_was_decided(labelled: Wallet) -> None:
    judged = asked(labelled, 0.1, 300)
    drawn = [one for one in judged if one["alert_id"] is not None]
    assert all(one["decision"] == "allow" for one in drawn)
    assert 15 <= len(drawn) <= 45
    for one in drawn[:10]:
        answer = "not_me" if one is drawn[0] else "was_me"
        path = f"/v1/alerts/{one['alert_id']}/answer"
        labelled.wallet.post(path, json={"answer": answer}).raise_for_status()
    labelled.service.clock.advance(timedelta(hours=2))
    found = labelled.counted()
    sample = found["random_sample"]
    assert (sample["asked"], sample["answered"]["hits"]) == (len(drawn), 10)
    assert (sample["missed"]["hits"], sample["missed"]["of"], sample["missed"]["share"]) == (1, 10, 0.1)
    # Nothing was caught: of what was missed by that, no recall can be told.
    assert sample["recall"]["share"] is None
    assert (found["recall"]["hits"], found["recall"]["of"]) == (0, 1)


def test_recall_by_the_random_sample_is_lower_than_that_of_labelled_logins(labelled: Wallet) -> None:
    judged = asked(labelled, 0.1, 300)
    drawn = [one for one in judged if one["alert_id"] is not None]
    for one in drawn:
        answer = "not_me" if one is drawn[0] else "was_me"
        labelled.wallet.post(
            f"/v1/alerts/{one['alert_id']}/answer", json={"answer": answer}
        ).raise_for_status()
    put(labelled.admin, draft())
    labelled.robbed("acct-robbed").answer("not_me").raise_for_status()
    labelled.service.clock.advance(timedelta(hours=2))
    found = labelled.counted()
    assert found["recall"]["share"] == 0.5
    recall = found["random_sample"]["recall"]
    expected = 1 / (1 + found["random_sample"]["missed"]["share"] * found["logins"]["allow"])
    assert recall["share"] == pytest.approx(expected, abs=1e-3)
    assert recall["low"] < recall["share"] < recall["high"] < 0.5


def test_nobody_is_asked_at_random_unless_the_operator_says_so(labelled: Wallet) -> None:
    assert not any(one["alert_id"] for one in asked(labelled, 0.0, 100))


def test_only_the_admin_reads_the_quality(labelled: Wallet) -> None:
    for role in ("wallet", "agent", "supervisor", "auditor"):
        with labelled.service.client(role) as client:
            assert client.get(QUALITY).status_code == 403


def test_metrics_tell_what_the_worker_counted_and_count_nothing_themselves(labelled: Wallet) -> None:
    def scraped() -> str:
        headers = {"Authorization": "Bearer scrape"}
        return httpx.get(f"{labelled.service.url}/metrics", headers=headers).raise_for_status().text

    labelled.robbed("acct-1").answer("not_me").raise_for_status()
    labelled.service.clock.advance(timedelta(hours=2))
    assert "secmon_policy_quality{" not in scraped()
    labelled.counted()
    text = scraped()
    assert 'secmon_policy_quality{share="precision"} 1.0' in text
    assert 'secmon_policy_labels{source="answer",truth="takeover"} 1.0' in text
    assert 'secmon_policy_signal_precision{signal="new_device"} 1.0' in text
    assert "secmon_policy_label_conflicts 0.0" in text
    # Nobody knows it, and it is not nought.
    assert 'share="random_sample_recall"' not in text
    assert "acct-1" not in text
