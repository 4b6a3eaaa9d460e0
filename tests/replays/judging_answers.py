"""Decisions, freezes and event ids: what is told again must hold now (R31, R32)."""

from __future__ import annotations

from typing import Any

from tests.replays.calls import Exchange
from tests.replays.contract import EVENT_ID_REUSED, Rule
from tests.replays.hearing_logins import judged_logins
from tests.replays.judges import Finding, Judges, said
from tests.replays.model import Account

# What would let a frozen account act. An alert tells which decision its login was answered by then.
LETS_IN = {("decision", "allow"), ("verdict", "accepted"), ("allowed", True), ("standing", "active")}
LOGINS = {"post_login_event", "post_login_events"}
ANSWERS = Judges()


@ANSWERS.of(Rule.FROZEN)
def no_answer_lets_a_frozen_account_in(account: Account, x: Exchange) -> Finding:
    if not account.frozen or not x.done:
        return None
    lets_in = LETS_IN - {("decision", "allow")} if x.call.operation == "answer_alert" else LETS_IN
    return ", ".join(f"{name}: {value}" for name, value in said(x.answer) if (name, value) in lets_in)


@ANSWERS.of(Rule.FROZEN)
def a_frozen_accounts_login_is_denied(account: Account, x: Exchange) -> Finding:
    if not account.frozen or not x.done or x.call.operation not in LOGINS | {"assess_risk"}:
        return None
    judged = [x.answer] if x.call.operation == "assess_risk" else [one for _, one in judged_logins(x)]
    return "; ".join(f"{one['decision']} while frozen" for one in judged if one["decision"] != "deny")


@ANSWERS.of(Rule.HOLDS_NOW)
def no_answer_says_frozen_of_an_active_account(account: Account, x: Exchange) -> Finding:
    if account.frozen or not x.done or x.call.operation not in LOGINS:
        return None
    return "frozen, and is not" if ("standing", "frozen") in said(x.answer) else ""


@ANSWERS.of(Rule.HOLDS_NOW)
def a_failed_challenge_stays_failed(account: Account, x: Exchange) -> Finding:
    if not x.done or x.call.operation not in LOGINS:
        return None
    failed = [
        judged
        for sent, judged in judged_logins(x)
        if sent["event_id"] in account.logins and account.logins[sent["event_id"]].settled == "failed"
    ]
    if not failed:
        return None
    return "; ".join(
        f"{one['decision']} after its challenge failed" for one in failed if one["decision"] != "deny"
    )


@ANSWERS.of(Rule.SAME_CONTENT)
def one_event_id_is_one_login(account: Account, x: Exchange) -> Finding:
    if x.call.operation != "post_login_event" or x.body["event_id"] not in account.logins:
        return None
    return _as_its_content_says(account.logins[x.body["event_id"]].sent, x)


@ANSWERS.of(Rule.SAME_CONTENT)
def one_event_id_is_one_change(account: Account, x: Exchange) -> Finding:
    if x.call.operation != "post_change" or x.body["event_id"] not in account.changes:
        return None
    return _as_its_content_says(account.changes[x.body["event_id"]], x)


def _as_its_content_says(former: dict[str, Any], x: Exchange) -> Finding:
    if former == x.body:
        return "the same again was refused" if x.refused == EVENT_ID_REUSED else ""
    return "" if x.refused == EVENT_ID_REUSED else f"another content under a known event_id: {x.refused}"


@ANSWERS.of(Rule.SAME_CONTENT)
def one_event_id_is_one_login_in_batches_too(account: Account, x: Exchange) -> Finding:
    if x.call.operation != "post_login_events" or not x.done or x.replayed:
        return None
    events, seen, wrong = x.body["events"], dict[str, Any](), []
    for event, result in zip(events, x.answer["results"], strict=True):
        known = account.logins.get(event["event_id"])
        former = known.sent if known is not None else seen.setdefault(event["event_id"], event)
        if (former == event) == (result["status"] == "invalid"):
            wrong.append(f"{event['event_id']} is {result['status']}")
    return "; ".join(wrong)
