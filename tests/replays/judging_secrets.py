"""Secrets, devices and alerts that are dead: not shown, not taken, and no proof (R33, R35)."""

from __future__ import annotations

from tests.replays.calls import Exchange
from tests.replays.contract import FACTOR_ACTIVE, Rule
from tests.replays.hearing_logins import judged_logins
from tests.replays.judges import Finding, Judges
from tests.replays.model import Account, Device, Freeze
from tests.replays.secrets_shown import CodeSet, Seed

SHOWS = {"start_enrolment", "confirm_enrolment", "renew_recovery_codes"}
LOGINS = {"post_login_event", "post_login_events"}
SECRETS = Judges()


@SECRETS.of(Rule.SHOWN_ONCE)
def what_is_erased_is_not_shown_again(account: Account, x: Exchange) -> Finding:
    if account.erased_at is None or x.earlier is None or x.earlier > account.erased_at or not x.call.key:
        return None
    return "given again after the erasure" if x.replayed else ""


@SECRETS.of(Rule.SHOWN_ONCE)
def no_dead_secret_is_shown(account: Account, x: Exchange) -> Finding:
    if x.call.operation not in SHOWS:
        return None
    if not x.done:
        return None if x.earlier is None else ""
    if x.call.operation == "start_enrolment":
        seed = account.secrets.seed(x.answer["enrolment_id"])
        if seed is None:
            return None
        return "" if seed.waits(x.at) else f"the seed of {seed.enrolment_id[-4:]} is shown again"
    codes = account.secrets.set_of(x.answer["recovery_codes"][0])
    if codes is None:
        return None
    return "recovery codes that are dead or used are shown" if codes.killed_by or codes.used else ""


def _presented(x: Exchange) -> Seed | CodeSet | None:
    if x.call.operation == "confirm_enrolment" and x.replayed:
        return None
    found: Seed | CodeSet | None = x.call.about.get("seed") or x.call.about.get("codes")
    return found


def _is_taken(rule: Rule, x: Exchange) -> Finding:
    presented = _presented(x)
    if presented is None or presented.killed_by is not rule:
        return None
    return "taken, and is dead" if x.done and not x.replayed else ""


@SECRETS.of(Rule.SHOWN_ONCE)
def no_dead_secret_is_taken(_: Account, x: Exchange) -> Finding:
    return _is_taken(Rule.SHOWN_ONCE, x)


@SECRETS.of(Rule.THEFT)
def no_secret_of_before_a_theft_is_taken(_: Account, x: Exchange) -> Finding:
    return _is_taken(Rule.THEFT, x)


@SECRETS.of(Rule.THEFT)
def no_factor_of_before_locks_the_owner_out(account: Account, x: Exchange) -> Finding:
    if x.call.operation != "start_enrolment" or account.secrets.live is not None:
        return None
    return "a factor that is dead is in the way" if x.refused == FACTOR_ACTIVE else ""


@SECRETS.of(Rule.TAKEN_ONCE)
def a_code_is_taken_once(_: Account, x: Exchange) -> Finding:
    seed, codes = x.call.about.get("seed"), x.call.about.get("codes")
    spent = seed.taken if seed is not None else codes.used if codes is not None else set()
    if not spent & {x.body.get("code"), x.body.get("recovery_code")}:
        return None
    return "taken a second time" if x.done and not x.replayed else ""


@SECRETS.of(Rule.DEVICES)
def a_device_of_the_theft_is_a_strangers(account: Account, x: Exchange) -> Finding:
    freeze = account.last_theft()
    if freeze is None or account.frozen or not x.done or x.call.operation not in LOGINS or x.earlier:
        return None
    wrong, looked_at = [], False
    for sent, judged in judged_logins(x):
        device = account.devices.get(sent["device_id"])
        if sent["event_id"] in account.logins or device is None or not _stolen(freeze, device):
            continue
        looked_at = True
        if judged["device"]["recognition"] in {"known", "updated"}:
            wrong.append(f"{sent['device_id']} is {judged['device']['recognition']}")
    return "; ".join(wrong) if looked_at else None


def _stolen(freeze: Freeze, device: Device) -> bool:
    """First seen since the account is suspected, and made the owner's by nothing since the unfreeze."""
    assert freeze.lifted_at is not None
    return freeze.suspected_since <= device.first_seen < freeze.lifted_at and (
        device.taught_at is None or device.taught_at <= freeze.lifted_at
    )


@SECRETS.of(Rule.DEVICES)
def no_alert_of_before_a_theft_vouches(account: Account, x: Exchange) -> Finding:
    alert = account.alerts.get(x.call.about.get("alert_id", ""))
    if alert is None or not alert.closed or x.body.get("answer") != "was_me":
        return None
    return "an alert of before the unfreeze is answered" if x.done else ""
