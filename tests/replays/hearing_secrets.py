"""Second factors, passwords and contacts, as they were answered."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from tests.replays.calls import Exchange
from tests.replays.contract import CAREFUL_FOR, HISTORY_AFTER, Rule
from tests.replays.hearing_logins import teach
from tests.replays.hears import Hearing, Looking
from tests.replays.model import Account, Hold
from tests.replays.secrets_shown import Seed
from tests.twofactor.authenticator import Authenticator

A_MOMENT = timedelta(milliseconds=1)

SECRETS = Hearing()


@SECRETS.to("start_enrolment")
def _started(world: Looking, x: Exchange) -> None:
    secrets = world.account.secrets
    if secrets.seed(x.answer["enrolment_id"]) is None:
        app = Authenticator.scan(x.answer["otpauth_uri"])
        secrets.started(Seed(x.answer["enrolment_id"], app, x.at))


@SECRETS.to("confirm_enrolment")
def _confirmed(world: Looking, x: Exchange) -> None:
    account = world.account
    seed = account.secrets.seed(x.body["enrolment_id"])
    if seed is None or seed.confirmed:
        return
    account.secrets.confirmed(seed, x.answer["recovery_codes"], x.body["code"])
    owed = account.required.get("re_enrol_second_factor")
    if owed is not None and seed.started_at >= owed.since:
        del account.required["re_enrol_second_factor"]


@SECRETS.to("renew_recovery_codes")
def _renewed(world: Looking, x: Exchange) -> None:
    _taken(x)
    world.account.secrets.renewed(x.answer["recovery_codes"])


@SECRETS.to("verify_second_factor")
def _verified(world: Looking, x: Exchange) -> None:
    account = world.account
    _taken(x)
    account.proven_at = x.at
    login = account.logins.get(x.body.get("event_id", ""))
    if login is not None and x.answer.get("login_proven"):
        login.proven, login.settled = True, login.settled or "passed"
        teach(account, login, x.at)


@SECRETS.to("remove_factor")
def _removed(world: Looking, x: Exchange) -> None:
    _taken(x)
    world.account.secrets.die(Rule.SHOWN_ONCE, pending_too=False)


def _taken(x: Exchange) -> None:
    """A code is spent; given again by a key, it was spent before."""
    seed, codes = x.call.about.get("seed"), x.call.about.get("codes")
    if seed is not None:
        seed.taken.add(x.body["code"])
    if codes is not None:
        codes.used.add(x.body["recovery_code"])


@SECRETS.to("post_change")
def _changed(world: Looking, x: Exchange) -> None:
    account, sent = world.account, x.body
    if sent["event_id"] in account.changes:
        return
    account.changes[sent["event_id"]] = sent
    happened_at = datetime.fromisoformat(sent["occurred_at"])
    if sent["credential"] != "password":
        if happened_at > x.at - HISTORY_AFTER:
            _hold(account, x.at, f"{sent['credential']} was reported as changed")
        return
    owed = account.required.get("change_password")
    if owed is not None and owed.since <= happened_at <= x.at and _may_change(account, owed.old_since, sent):
        del account.required["change_password"]


def _may_change(account: Account, old_since: datetime | None, sent: dict[str, Any]) -> bool:
    """From a device that was known before anybody was suspected, or with a fresh proof."""
    if old_since is None or sent["method"] == "staff":
        return True
    freeze = account.last_theft()
    if freeze is not None and freeze.lifted_at is not None and account.proven_at >= freeze.lifted_at:
        return True
    device = account.devices.get(sent.get("device_id") or "")
    return device is not None and device.first_seen < old_since


def _hold(account: Account, now: datetime, why: str) -> None:
    account.holds.append(Hold(now + CAREFUL_FOR, Rule.YOUNG, why))


@SECRETS.to("report_compromise")
def _compromised(world: Looking, x: Exchange) -> None:
    """Told again of the same compromise, nothing is required anew."""
    account, since = world.account, x.answer["compromised_at"]
    if since is not None and datetime.fromisoformat(since) >= x.at - A_MOMENT:
        owed = account.required.get("change_password")
        account.require("change_password", x.at, None if owed is None else owed.old_since)


@SECRETS.to("put_account")
def _told(world: Looking, x: Exchange) -> None:
    account = world.account
    for contact in ("email", "phone"):
        if contact in x.body and x.body[contact] != account.contacts.get(contact):
            account.contacts[contact] = x.body[contact]
            account.bound_at[contact] = x.at
            _hold(account, x.at, f"{contact} was bound or changed")
