"""Logins, alerts, freezes and devices, as they were answered."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from tests.replays.calls import Exchange
from tests.replays.hears import Hearing, Looking
from tests.replays.model import Account, Alert, Device, Freeze, Login

LOGINS = Hearing()


def judged_logins(x: Exchange) -> Iterator[tuple[dict[str, Any], dict[str, Any]]]:
    """Each event of a report with the assessment that it was answered."""
    if x.call.operation == "post_login_event":
        yield x.body, x.answer
        return
    for result in x.answer.get("results", ()):
        if "assessment" in result:
            yield x.body["events"][result["index"]], result["assessment"]


@LOGINS.to("post_login_event", "post_login_events")
def _logins(world: Looking, x: Exchange) -> None:
    for sent, judged in judged_logins(x):
        _login(world.account, sent, judged, x.at)


def _login(account: Account, sent: dict[str, Any], judged: dict[str, Any], now: datetime) -> None:
    if sent["event_id"] in account.logins:
        return
    account.logins[sent["event_id"]] = Login(sent, judged["decision"], now)
    device = account.devices.setdefault(sent["device_id"], Device(now, judged["device"]["device_id"]))
    if judged["decision"] == "allow":
        device.taught_at = now
    else:
        account.moved_at = now
    alert_id = judged["alert_id"]
    if alert_id is not None and alert_id not in account.alerts:
        account.alerts[alert_id] = Alert(alert_id, sent["event_id"], now, account.contacts.get("email"))


@LOGINS.to("settle")
def _settled(world: Looking, x: Exchange) -> None:
    login = world.account.logins.get(x.call.about["event_id"])
    if login is None:
        return
    login.settled = login.settled or x.body["outcome"]
    if x.answer["decision"] == "allow":
        teach(world.account, login, x.at)
        world.account.proven_at = x.at


def teach(account: Account, login: Login, now: datetime) -> None:
    device = account.devices.get(login.sent["device_id"])
    if device is not None:
        device.taught_at = now


@LOGINS.to("answer_alert", "answer_question")
def _answered(world: Looking, x: Exchange) -> None:
    account, said = world.account, x.body["answer"]
    alert = account.alerts.get(x.call.about["alert_id"])
    if said == "not_me":
        # Told once more, it may have frozen what a worthless "was me" had not.
        _take_freeze_from_list(world, x.at)
    if alert is None or alert.answer is not None:
        return
    alert.answer = said
    if said == "not_me":
        return
    login = account.logins.get(alert.event_id)
    by_link = x.call.operation == "answer_question"
    if login is not None and not (by_link and not account.link_may_teach(login, x.at)):
        teach(account, login, x.at)
        account.devices[login.sent["device_id"]].trusted = True


def _take_freeze_from_list(world: Looking, now: datetime) -> None:
    """Who denies a login is told of a case, not of its freeze."""
    newest = next(iter((world.look("/freezes") or {}).get("items", ())), None)
    if newest is not None and newest["status"] == "active":
        _take_freeze(world.account, newest, now)


def _take_freeze(account: Account, shown: dict[str, Any], now: datetime) -> None:
    known = account.freezes.get(shown["freeze_id"])
    freeze = known or Freeze(shown["freeze_id"], now)
    freeze.reasons |= set(shown["reasons"])
    freeze.suspected_since = account.suspected_since(freeze)
    account.has_case(shown["case_id"])
    account.is_frozen_by(freeze)


@LOGINS.to("freeze")
def _frozen(world: Looking, x: Exchange) -> None:
    if x.answer["freeze"]["status"] == "active":
        _take_freeze(world.account, x.answer["freeze"], x.at)


@LOGINS.to("change_device", "forget_device")
def _device(world: Looking, x: Exchange) -> None:
    account = world.account
    device = next((one for one in account.devices.values() if one.key == x.call.about["device_key"]), None)
    if device is None:
        return
    if x.call.operation == "forget_device":
        device.trusted, device.taught_at = False, None
    elif "trusted" in x.body:
        device.trusted = x.body["trusted"]
        device.taught_at = x.at if device.trusted else device.taught_at
