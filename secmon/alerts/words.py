"""What an owner is told of a login, in the letter and on the page: device, place, time."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from zoneinfo import ZoneInfo

from secmon.accounts import service as accounts
from secmon.accounts import zones
from secmon.alerts import links, service
from secmon.alerts.models import Alert
from secmon.core.errors import NotFound
from secmon.core.keyring import KeyRing
from secmon.core.work import Work
from secmon.risk import place_names


@dataclass(frozen=True, slots=True)
class Telling:
    """What the composition root chose: who signs links, where they lead, whose clock times are told by."""

    keys: KeyRing = field(repr=False)
    public_url: str
    zone: ZoneInfo


def facts(
    telling: Telling, work: Work, account_id: str, payload: Mapping[str, Any], locale: str
) -> dict[str, str]:
    """What the letter of a `login.alert` tells beside its payload; once answered, it asks no more.

    Nothing where the account was erased in the meantime.
    """
    try:
        alert = service.get(work, uuid.UUID(payload["alert_id"]))
        zone = zones.zone_of(accounts.get(work, account_id).time_zone, telling.zone)
    except NotFound:
        return {}
    told = described(alert, zone, locale)
    if alert.answer is None:
        told["link"] = links.link(alert.alert_id, telling.keys, telling.public_url, work.now)
    return told


def described(alert: Alert, zone: ZoneInfo, locale: str) -> dict[str, str]:
    """What became of the login, its device, place and time; the place is left out where nobody knows it."""
    told = {
        "decision": alert.decision,
        "device": alert.device_label,
        "time": zones.told(alert.occurred_at, zone),
    }
    place = place_names.place(alert.city, alert.country, locale)
    return {**told, "place": place} if place else told
