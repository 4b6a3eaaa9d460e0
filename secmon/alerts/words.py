"""What an owner is told of a login, in the letter and on the page: device, place, time."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from secmon.accounts import service as accounts
from secmon.accounts import zones
from secmon.alerts import links, mailbox, service
from secmon.alerts.models import Alert
from secmon.core.errors import NotFound
from secmon.database.work import Work
from secmon.devices import service as devices
from secmon.devices import telling as device_names
from secmon.devices.traits import Traits
from secmon.sealing.keyring import KeyRing
from secmon.web.parts import Part
from secmon.wording import places as place_names


@dataclass(frozen=True, slots=True)
class AlertTelling:
    """What the composition root chose: who signs links, where they lead, whose clock times are told by, and
    which apps are the wallet's own.
    """

    keys: KeyRing = field(repr=False)
    public_url: str
    zone: ZoneInfo
    apps: Collection[str] = ()


TELLING: Part[AlertTelling] = Part("telling")


def facts(
    telling: AlertTelling, work: Work, account_id: str, payload: Mapping[str, Any], locale: str
) -> dict[str, str]:
    """What the letter of a `login.alert` tells beside its payload.

    Nothing where the account was erased in the meantime.
    """
    try:
        alert = service.get(work, uuid.UUID(payload["alert_id"]))
        zone = zones.zone_of(accounts.get(work, account_id).time_zone, telling.zone)
    except NotFound:
        return {}
    return described(work, alert, zone, locale, telling.apps)


def link(
    telling: AlertTelling, work: Work, account_id: str, payload: Mapping[str, Any], address: str
) -> dict[str, str]:
    """The link for that address: `link`, or `freezing_link` where it can only say "it was not me".

    None once the alert is answered or closed: the letter asks no more.
    """
    try:
        alert = service.get(work, uuid.UUID(payload["alert_id"]))
        account = accounts.get(work, account_id)
    except NotFound:
        return {}
    if alert.answer is not None or alert.closed_at is not None:
        return {}
    token = links.token(alert.alert_id, address, telling.keys, work.now)
    may_say_me = mailbox.may_say_me(links.read(token, telling.keys), account, telling.keys)
    return {"link" if may_say_me else "freezing_link": f"{telling.public_url}/alerts/{token}"}


def without_link(
    _telling: AlertTelling, _work: Work, _account_id: str, _payload: Mapping[str, Any], _address: str
) -> dict[str, str]:
    """In its place, where the operator wants no links in letters: the app asks."""
    return {"answer_in": "app"}


def summary(
    telling: AlertTelling, work: Work, account_id: str, payload: Mapping[str, Any], _locale: str
) -> dict[str, str]:
    """From when to when the alerts were raised that got no letter of their own, by the owner's clock."""
    try:
        zone = zones.zone_of(accounts.get(work, account_id).time_zone, telling.zone)
    except NotFound:
        return {}
    return {name: zones.told(datetime.fromisoformat(payload[name]), zone) for name in ("since", "until")}


def described(work: Work, alert: Alert, zone: ZoneInfo, locale: str, apps: Collection[str]) -> dict[str, str]:
    """What became of the login, its device, place and time; the place is left out where nobody knows it.

    Nothing of it is in a stranger's words: what the login's agent and the caller's place say is told as far
    as it is recognised.
    """
    told = {
        "decision": alert.decision,
        "device": device_names.told(_traits(work, alert), locale, apps),
        "time": zones.told(alert.occurred_at, zone),
    }
    place = place_names.place(_city(alert), alert.country, locale)
    return {**told, "place": place} if place else told


def _traits(work: Work, alert: Alert) -> Traits:
    """Alerts of an earlier release hold the device's name alone."""
    if alert.traits is None:
        return devices.traits_of(work, alert.account_id, alert.device_key)
    return Traits.from_json(alert.traits)


def _city(alert: Alert) -> str | None:
    is_real = alert.city is not None and (alert.city_found or place_names.is_listed(alert.city))
    return alert.city if is_real else None
