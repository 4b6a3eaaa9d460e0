"""All duties of the worker, put together here and nowhere else."""

from __future__ import annotations

import ssl
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import timedelta
from functools import partial

from secmon.accounts import beginning
from secmon.accounts import letters as accounts
from secmon.alerts import bounds
from secmon.alerts import words as alerts
from secmon.alerts.words import Telling
from secmon.audit import checkpoints
from secmon.cases import letters as cases
from secmon.cases import overdue
from secmon.core.actor import SYSTEM
from secmon.credentials import reminders, timely
from secmon.credentials.age import Reminding
from secmon.database.engine import Database
from secmon.database.work import Work
from secmon.devices.user_agents import UserAgentReader
from secmon.freezes import recovery
from secmon.logins import population
from secmon.logins import retention as login_retention
from secmon.mail.sending import MailCourier
from secmon.mail.smtp import Mailer
from secmon.outbox import ending
from secmon.outbox.delivering import Delivering
from secmon.outbox.kinds import Kind
from secmon.outbox.sending import EMAIL, FORMER_EMAIL, Courier
from secmon.outbox.spreading import Unspread
from secmon.settings.environment import Settings
from secmon.trials.backtesting import Backtester
from secmon.twofactor import service as twofactor
from secmon.web import idempotency
from secmon.webhooks.couriers import WebhookCouriers, receivers, subscribed
from secmon.webhooks.service import Webhooks
from secmon.worker.duty import Duty, Run
from secmon.worker.owners import FactsOf, Owners
from secmon.worker.purges import purges


def duties(settings: Settings, database: Database) -> tuple[Duty, ...]:
    """What a worker of this installation does."""
    deliver = delivering(settings, database)
    return (
        Duty("deliver", timedelta(seconds=0.25), deliver.run, drain=deliver.drain, stop=deliver.stop),
        Duty("end-deliveries", timedelta(minutes=1), in_one_work(_end_deliveries(settings))),
        Duty("sum-up-alerts", timedelta(minutes=1), in_one_work(bounds.sum_up)),
        Duty("remind-passwords", timedelta(minutes=1), _remind_passwords(settings)),
        Duty("backtest", timedelta(seconds=2), Backtester(UserAgentReader(settings.app_products)).run),
        Duty("count-population", timedelta(seconds=5), in_one_work(population.count_new)),
        Duty("tell-overdue-cases", timedelta(minutes=1), in_one_work(overdue.tell)),
        Duty("purge-enrolments", timedelta(minutes=10), in_one_work(twofactor.purge_expired)),
        Duty("purge-guesses", timedelta(minutes=10), in_one_work(twofactor.purge_guesses)),
        Duty("purge-idempotency-keys", timedelta(minutes=10), in_one_work(idempotency.purge)),
        Duty("purge-failure-marks", timedelta(minutes=10), in_one_work(login_retention.purge_failure_marks)),
        Duty("checkpoint-audit", timedelta(minutes=10), in_one_work(_checkpoint(settings))),
        Duty("purge-tombstones", timedelta(minutes=10), in_one_work(_purge_tombstones)),
        *purges(settings),
    )


def delivering(settings: Settings, database: Database) -> Delivering:
    """The outbox, with everybody who is told something: the wallet's endpoints, and owners by e-mail."""
    objections = {Kind.PASSWORD_REMINDER: partial(timely.objection, _reminding(settings))}
    links_of = {Kind.LOGIN_ALERT: partial(alerts.link, _telling(settings))}
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


def in_one_work(do: Callable[[Work], int]) -> Run:
    """A duty whose every run is one transaction."""

    def run(database: Database) -> int:
        with database.work(SYSTEM) as work:
            return do(work)

    return run


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
    }


def _telling(settings: Settings) -> Telling:
    return Telling(settings.keys, settings.public_url, settings.owner_zone, settings.app_products)


def _end_deliveries(settings: Settings) -> Callable[[Work], int]:
    return partial(ending.end, receivers=receivers, sends_mail=settings.smtp_server is not None)


def _purge_tombstones(work: Work) -> int:
    """With what hangs on them, once the last transaction has deleted them."""
    return recovery.purge(work) + beginning.purge(work)


def _checkpoint(settings: Settings) -> Callable[[Work], int]:
    return partial(checkpoints.make_due, ring=settings.keys)


def _reminding(settings: Settings) -> Reminding:
    return Reminding(timedelta(days=settings.password_age_days), settings.owner_zone)


def _remind_passwords(settings: Settings) -> Run:
    reminding = _reminding(settings)
    return lambda database: reminders.run(database, reminding)


def _letters(settings: Settings, owners: Owners) -> dict[str, Courier]:
    if settings.smtp_server is None:
        return {}
    mailer = Mailer(settings.smtp_server, settings.mail_from, ssl.create_default_context())
    return {
        EMAIL: MailCourier(mailer, owners.present, owners.facts, owners.objection),
        FORMER_EMAIL: MailCourier(mailer, owners.former, owners.facts, owners.objection),
    }
