"""Alerts are raised with the login that causes them, listed, found, erased."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import delete, select

from secmon.accounts import service as accounts
from secmon.accounts import zones
from secmon.alerts.models import Alert, LetterBound
from secmon.core.errors import NotFound
from secmon.core.ids import new_id
from secmon.core.pages import PageRequest
from secmon.database.pages import newest
from secmon.database.work import Work
from secmon.devices.traits import Traits
from secmon.holds import service as holds
from secmon.holds.rules import Trigger
from secmon.outbox import service as outbox
from secmon.outbox.kinds import Kind

# The row, for whoever is handed it by `get`.
__all__ = ["Alert"]


class AlertUnknown(NotFound):
    """No login was ever alerted of with this id, or its account was erased."""

    code = "alert_unknown"
    title = "There is no such alert"
    advice = "List the account's alerts, and take the alert_id from there."


@dataclass(frozen=True, slots=True)
class SuspiciousLogin:
    """What the owner is told of a login.

    `network` is its autonomous system, or its network where nobody knows that: a phone moves between many
    networks of one carrier. `traits` as JSON; `city_found`: the operator's files name that city too.
    """

    event_id: str
    occurred_at: datetime
    device_key: str
    device_label: str
    ip: str
    country: str | None
    city: str | None
    network: str | None
    anonymizer: bool
    traits: str
    city_found: bool
    decision: str


def raise_alert(work: Work, account_id: str, login: SuspiciousLogin, default_zone: ZoneInfo) -> uuid.UUID:
    """Tells the owner, once a device, day and place; answers the alert that stands for this login.

    An alert that is answered takes no more logins, and none from another country or network, or through an
    anonymizer: what the owner said of the one says nothing of the other.

    Days begin at the owner's midnight, or that of `default_zone` where nobody said what zone that is.
    The account's row is locked by the caller, so two logins at once make one alert.
    """
    zone = zones.zone_of(accounts.time_zone_of(work, account_id), default_zone)
    day = login.occurred_at.astimezone(zone).date()
    standing = work.session.scalar(
        select(Alert.alert_id)
        .where(
            Alert.account_id == account_id,
            Alert.device_key == login.device_key,
            Alert.day == day,
            Alert.answer.is_(None),
            Alert.country.is_not_distinct_from(login.country),
            Alert.network == login.network,
            Alert.anonymizer == login.anonymizer,
            Alert.closed_at.is_(None),
        )
        .limit(1)
    )
    if standing is not None:
        return standing
    alert_id = new_id(work.now)
    work.session.add(
        Alert(account_id=account_id, alert_id=alert_id, day=day, raised_at=work.now, **asdict(login))
    )
    # The alert itself tells of it.
    about = holds.device(login.device_key)
    account = accounts.lock(work, account_id)
    holds.begin(work, account, Trigger.ALERT_OPEN, subject=about, cause=login.event_id, quiet=True)
    outbox.owe(work, account_id, Kind.LOGIN_ALERT, {"alert_id": str(alert_id), "event_id": login.event_id})
    return alert_id


# So long a browser that looks like one that the owner was told of is not told of again, in a network where
# they were told of it.
TOLD_OF_BROWSERS_FOR = timedelta(days=30)
ALERTS_LOOKED_AT = 64


def was_told_of(work: Work, account_id: str, browser: Traits, network: str | None) -> bool:
    """The owner was told of a browser like this in this network lately, and has not disowned it."""
    told = (
        select(Alert.traits)
        .where(
            Alert.account_id == account_id,
            Alert.raised_at > work.now - TOLD_OF_BROWSERS_FOR,
            Alert.network == network,
            # "Not me" is no reason to keep quiet, nor is what a theft has left behind.
            Alert.answer.is_distinct_from("not_me"),
            Alert.closed_at.is_(None),
        )
        .order_by(Alert.raised_at.desc())
        .limit(ALERTS_LOOKED_AT)
    )
    return any(
        (then.system, then.client, then.model) == (browser.system, browser.client, browser.model)
        for then in map(Traits.from_json, filter(None, work.session.scalars(told)))
    )


def get(work: Work, alert_id: uuid.UUID) -> Alert:
    """The alert; raises `AlertUnknown`."""
    alert = work.session.scalar(select(Alert).where(Alert.alert_id == alert_id))
    if alert is None:
        raise AlertUnknown
    return alert


def lock(work: Work, alert_id: uuid.UUID) -> Alert:
    """The alert as it stands, its account and then itself locked; raises `AlertUnknown`."""
    account_id = get(work, alert_id).account_id
    accounts.lock(work, account_id)
    key = (account_id, alert_id)
    alert = work.session.get(Alert, key, populate_existing=True, with_for_update=True)
    if alert is None:
        raise AlertUnknown
    return alert


def listed(work: Work, account_id: str, wanted: PageRequest) -> tuple[list[Alert], str | None]:
    """The account's alerts, newest first; raises `AccountUnknown`. The key is the id."""
    accounts.get(work, account_id)
    query = select(Alert).where(Alert.account_id == account_id)
    return newest(work, query, (Alert.alert_id,), wanted)


def raised_between(
    work: Work, since: datetime, until: datetime, most: int
) -> Iterator[tuple[str, str, str | None, bool | None, uuid.UUID | None]]:
    """The first alerts of that time: account, event, answer, whether it vouched, the case that it opened."""
    query = (
        select(Alert.account_id, Alert.event_id, Alert.answer, Alert.vouched, Alert.case_id)
        .where(Alert.raised_at >= since, Alert.raised_at < until)
        .order_by(Alert.raised_at)
        .limit(most)
    )
    yield from work.session.execute(query)


def erase(work: Work, account_id: str) -> None:
    """Deletes the account's alerts, and the count of its letters."""
    for table in (Alert, LetterBound):
        work.session.execute(delete(table).where(table.account_id == account_id))
