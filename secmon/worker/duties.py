"""What a worker does: every room's duties, and the deliveries, which several rooms have a part in."""

from __future__ import annotations

import ssl
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from functools import partial

from secmon.accounts import letters as accounts
from secmon.alerts import bounds
from secmon.alerts import words as alerts
from secmon.alerts.words import AlertTelling
from secmon.cases import letters as cases
from secmon.cases import service as case_service
from secmon.core.actor import SYSTEM
from secmon.credentials import timely
from secmon.credentials.age import Reminding
from secmon.database.engine import Database
from secmon.database.retention import Expired
from secmon.database.work import Work
from secmon.house import ROOMS
from secmon.mail.sending import MailCourier
from secmon.mail.smtp import Mailer
from secmon.outbox import ending
from secmon.outbox.delivering import Delivering
from secmon.outbox.kinds import Kind
from secmon.outbox.sending import EMAIL, FORMER_EMAIL, Courier
from secmon.outbox.spreading import Unspread
from secmon.rooms.duty import Duty, in_one_work
from secmon.rooms.room import Kept, Purge
from secmon.settings.environment import Settings
from secmon.webhooks.couriers import WebhookCouriers, receivers, subscribed
from secmon.webhooks.service import Webhooks
from secmon.worker.owners import FactsOf, Owners

EVERY = timedelta(minutes=10)


def duties(settings: Settings, database: Database) -> tuple[Duty, ...]:
    """What a worker of this installation does: deliveries, and each room's own duties."""
    deliver = delivering(settings, database)
    return (
        Duty(
            "deliver",
            timedelta(seconds=0.25),
            deliver.run,
            drain=deliver.drain,
            stop=deliver.stop,
            gives_way=False,
        ),
        Duty("end-deliveries", timedelta(minutes=1), in_one_work(_end_deliveries(settings))),
        *(duty for room in ROOMS for duty in room.duties(settings)),
        *purges(settings),
    )


def delivering(settings: Settings, database: Database) -> Delivering:
    """The outbox, with everybody who is told something: the wallet's endpoints, and owners by e-mail."""
    objections = {Kind.PASSWORD_REMINDER: partial(timely.objection, _reminding(settings))}
    answered_by = alerts.link if settings.mail_links else alerts.without_link
    links_of = {Kind.LOGIN_ALERT: partial(answered_by, _telling(settings))}
    bounding = {Kind.LOGIN_ALERT: bounds.admitted}
    owners = Owners(database, settings.keys, _facts(settings), objections, links_of, bounding)
    webhooks = WebhookCouriers(Webhooks(settings.keys, settings.webhook_allowed_networks))
    letters = _letters(settings, owners)

    def addressing(work: Work, messages: Sequence[Unspread]) -> Iterator[tuple[Unspread, str]]:
        yield from subscribed(work, messages)
        if letters:
            yield from owners.addressed(work, messages)

    def couriers(work: Work) -> Mapping[str, Courier]:
        return {**webhooks(work), **letters}

    return Delivering(addressing, couriers)


def _facts(settings: Settings) -> dict[Kind, FactsOf]:
    """What letters tell beside their messages' payloads, which hold no personal data and no link."""
    telling = _telling(settings)
    return {
        Kind.LOGIN_ALERT: partial(alerts.facts, telling),
        Kind.LOGIN_ALERTS_SUMMARY: partial(alerts.summary, telling),
        Kind.ACCOUNT_FROZEN: cases.facts,
        Kind.ACCOUNT_UNFROZEN: cases.unfrozen,
        Kind.CASE_UPDATED: cases.written,
        Kind.ACCOUNT_RESTRICTED: partial(accounts.restricted, settings.owner_zone),
        Kind.LOCKS_LOOSENED: partial(accounts.restricted, settings.owner_zone),
    }


def _telling(settings: Settings) -> AlertTelling:
    return AlertTelling(settings.keys, settings.public_url, settings.owner_zone, settings.app_products)


def _end_deliveries(settings: Settings) -> Callable[[Work], int]:
    return partial(ending.end, receivers=receivers, sends_mail=settings.smtp_server is not None)


def _reminding(settings: Settings) -> Reminding:
    return Reminding(timedelta(days=settings.password_age_days), settings.owner_zone)


def _letters(settings: Settings, owners: Owners) -> dict[str, Courier]:
    if settings.smtp_server is None:
        return {}
    mailer = Mailer(settings.smtp_server, settings.mail_from, ssl.create_default_context())
    return {
        EMAIL: MailCourier(mailer, owners.present, owners.facts, owners.objection),
        FORMER_EMAIL: MailCourier(mailer, owners.former, owners.facts, owners.objection),
    }


def purges(settings: Settings) -> tuple[Duty, ...]:
    """The duties that delete what was kept long enough."""
    kept = {
        Kept.EVENTS: timedelta(days=settings.events_kept_days),
        Kept.RECORDS: timedelta(days=settings.records_kept_days),
    }
    return tuple(
        Duty(each.name, EVERY, Sweep(each.purge, kept[each.kept]).run)
        for room in ROOMS
        for each in room.retention
    )


class Sweep:
    """A purge, batch after batch, from the oldest row on; from there again once nothing is left.

    So what is under legal hold is passed over once a sweep, and not once a batch.
    """

    def __init__(self, purge: Purge, kept: timedelta) -> None:
        self._purge = purge
        self._kept = kept
        self._since: datetime | None = None

    def run(self, database: Database) -> int:
        """One batch, in a transaction of its own; answers how many rows went."""
        began = time.perf_counter()
        with database.work(SYSTEM) as work:
            expired = Expired(work.now - self._kept, case_service.holds, self._since)
            done = self._purge(work, expired)
        self._since = done.up_to
        if done.rows:
            # As long as the batch took: the others have the disk, and on SQLite the lock, half of the time.
            time.sleep(time.perf_counter() - began)
        return done.rows
