"""Who may bind, vouch, approve and erase (R36, R37, R40 to R42)."""

from __future__ import annotations

from tests.replays.calls import Exchange
from tests.replays.contract import CONTACT_IDENTIFIES_AFTER, STAFF, Rule, person_of
from tests.replays.judges import Finding, Judges
from tests.replays.model import Account

PEOPLE = Judges()


def _new_contacts(account: Account, x: Exchange) -> list[str]:
    if x.call.operation != "put_account":
        return []
    return [
        contact
        for contact in ("email", "phone")
        if contact in x.body and x.body[contact] != account.contacts.get(contact)
    ]


@PEOPLE.of(Rule.CONTACTS)
def no_contact_is_bound_while_frozen(account: Account, x: Exchange) -> Finding:
    bound = _new_contacts(account, x)
    if not account.frozen or not bound or _carried(account, x):
        return None
    return f"{', '.join(bound)} bound while frozen" if x.done else ""


@PEOPLE.of(Rule.YOUNG)
def a_young_contact_identifies_nobody(account: Account, x: Exchange) -> Finding:
    method = str(x.body.get("method", ""))
    if not method.startswith("registered_") or x.body.get("outcome") != "passed":
        return None
    since = account.bound_at.get(method.removeprefix("registered_"))
    if since is not None and since <= x.at - CONTACT_IDENTIFIES_AFTER:
        return None
    return f"{method} passed" if x.done and not x.replayed else ""


def _carried(account: Account, x: Exchange) -> bool:
    """By a case that vouches for the owner."""
    case = account.cases.get(str(x.call.about.get("case_id", "")))
    return case is not None and case.verified(x.at)


def _vouches(account: Account, x: Exchange) -> bool:
    """Binds, trusts, forgets or says "was me"."""
    match x.call.operation:
        case "answer_alert":
            alert = account.alerts.get(x.call.about["alert_id"])
            return x.body["answer"] == "was_me" and alert is not None and alert.answer is None
        case "change_device":
            devices = [one for one in account.devices.values() if one.key == x.call.about["device_key"]]
            return bool(x.body.get("trusted")) and not any(one.trusted for one in devices)
        case "forget_device":
            return True
    return bool(_new_contacts(account, x))


@PEOPLE.of(Rule.VOUCHED)
def staff_vouch_on_a_good_case_only(account: Account, x: Exchange) -> Finding:
    if x.call.person not in STAFF or not _vouches(account, x) or _carried(account, x):
        return None
    return "vouched for without a good case" if x.done else ""


@PEOPLE.of(Rule.VOUCHED)
def a_passed_check_says_where_its_proof_is(_: Account, x: Exchange) -> Finding:
    if x.call.operation != "add_identity_check" or x.body["outcome"] != "passed" or "evidence_ref" in x.body:
        return None
    return "passed without evidence" if x.done else ""


@PEOPLE.of(Rule.VOUCHED)
def what_is_asked_for_has_a_good_case(account: Account, x: Exchange) -> Finding:
    case = account.cases.get(x.body.get("case_id", ""))
    if x.call.operation not in {"ask_unfreeze", "ask_reset"} or case is None or x.replayed:
        return None
    return "asked for without a good case" if x.done and not case.verified(x.at) else ""


@PEOPLE.of(Rule.ERASED)
def staff_erase_nothing_alone(_: Account, x: Exchange) -> Finding:
    if x.call.operation != "erase_account" or x.call.person not in STAFF:
        return None
    return "erased by one of the staff" if x.status == 204 else ""


@PEOPLE.of(Rule.ERASED)
def staff_erase_nothing_that_something_holds(account: Account, x: Exchange) -> Finding:
    if x.call.operation not in {"ask_erasure", "approve_erasure"} or not account.holding(x.at):
        return None
    return "erased by staff while something holds it" if x.done and not x.replayed else ""


@PEOPLE.of(Rule.ERASED)
def what_holds_keeps_an_account_or_outlives_it(account: Account, x: Exchange) -> Finding:
    """Refused while anything holds, or gone with a tombstone, for which the gate is asked later."""
    return "" if x.call.operation == "erase_account" and account.holding(x.at) else None


@PEOPLE.of(Rule.SECOND_PERSON)
def whoever_asked_or_checked_does_not_approve(account: Account, x: Exchange) -> Finding:
    request = account.requests.get(x.call.about.get("request_id", ""))
    if request is None or not x.call.operation.startswith("approve_"):
        return None
    case = account.cases.get(request.case_id)
    checkers = set() if case is None else case.checkers(x.at)
    involved = {person_of(request.asked_by), *checkers}
    if person_of(x.call.person) not in involved:
        return None
    return "approved by who asked or checked" if x.done else ""


@PEOPLE.of(Rule.SECOND_PERSON)
def whoever_approves_has_seen_the_case(_: Account, x: Exchange) -> Finding:
    if "tag_now" not in x.call.about or x.call.about["tag_now"] == x.call.if_match:
        return None
    return "approved unseen: the case had changed" if x.done else ""


@PEOPLE.of(Rule.FROZEN)
def a_void_request_lifts_nothing(account: Account, x: Exchange) -> Finding:
    request = account.requests.get(x.call.about.get("request_id", ""))
    if request is None or request.open or not x.call.operation.startswith("approve_"):
        return None
    return "approved, and was void" if x.done else ""
