"""The composition root: everything concrete is chosen here and nowhere else."""

from __future__ import annotations

from datetime import datetime, timedelta
from functools import partial

from flask import Flask

from secmon.accounts.erasure import ERASURE, Erasure
from secmon.accounts.profile import PROFILES, Profiles
from secmon.accounts.service import Account
from secmon.accounts.viewing import Views
from secmon.alerts import closing as alert_closing
from secmon.alerts.answering import ANSWER_RULES, AnswerRules
from secmon.alerts.words import TELLING, AlertTelling
from secmon.audit.sealing import Sealing
from secmon.cases import service as case_service
from secmon.cases.desk import DESK, Desk
from secmon.cases.identity import require_case
from secmon.clients import install as tokens
from secmon.clients.scopes import DESCRIPTIONS
from secmon.core.clock import Clock, system_clock
from secmon.credentials import history as credential_history
from secmon.credentials import passwords as password_service
from secmon.credentials.age import Reminding
from secmon.credentials.changes import CHANGE_RULES, ChangeRules
from secmon.database.engine import Database, make_engine
from secmon.database.work import Work
from secmon.devices import service as device_service
from secmon.devices.device_proof import DeviceNonces
from secmon.devices.service import ON_FORGOTTEN
from secmon.devices.user_agents import UserAgentReader
from secmon.freezes import recovery as freeze_recovery
from secmon.freezes.aftermath import FREEZE_RULES, Aftermath, FreezeRules
from secmon.geo.files import GeoFiles
from secmon.history.parts import HISTORY, History
from secmon.holds import service as holds
from secmon.holds.rules import Trigger
from secmon.holds.versions import KNOWN_RULES, KnownRules
from secmon.house import ERASERS, ROOMS, SOURCES
from secmon.keys.rotation import misfit, require_keys
from secmon.logins import profiles, sampling
from secmon.logins import theft as login_theft
from secmon.logins.challenges import owner_says_me, owner_says_not_me, proof_of, prove
from secmon.logins.judges import JUDGES, POPULATION, HeldPopulation, Judges
from secmon.logins.places import Places, is_familiar
from secmon.observing import install as observing
from secmon.observing.health import ReadyCheck, add_check
from secmon.observing.metrics import COLLECTORS
from secmon.openapi import pages as openapi
from secmon.openapi.document import Document, document
from secmon.policies.budgets import SAMPLING
from secmon.policies.service import Policies
from secmon.quality.metrics import QualityCollector
from secmon.sealing.install_ids import InstallIds
from secmon.settings.environment import Settings
from secmon.trials.shadows import SHADOW, ShadowJudge
from secmon.twofactor import resets as factor_ends
from secmon.twofactor.totp import Algorithm, TotpParameters
from secmon.twofactor.verification import FACTORS, EnrolmentGuard, Factors
from secmon.web import frame
from secmon.web.application import Application
from secmon.web.install_fields import INSTALL_IDS
from secmon.web.viewing import VIEWS
from secmon.webhooks.events import EVENTS
from secmon.webhooks.service import WEBHOOKS, Webhooks
from secmon.worker.duties import duties
from secmon.worker.metrics import WorkerCollector

# As somebody who makes a wallet comes to need them: the order of the documentation.
JOURNEY = (
    "tokens",
    "login-events",
    "device-nonces",
    "devices",
    "alerts",
    "alert-page",
    "accounts",
    "gate",
    "holds",
    "owner-locks",
    "hold-appeals",
    "hold-rules",
    "credentials",
    "passwords",
    "two-factor",
    "freezes",
    "webhook-endpoints",
    "webhook-deliveries",
    "case-messages",
    "cases",
    "case-history",
    "login-verdicts",
    "erasures",
    "two-factor-resets",
    "risk-policy",
    "policy-trials",
    "policy-quality",
    "audit",
    "clients",
    "denied-subjects",
    "documentation",
    "problems",
    "health",
    "metrics",
)
BLUEPRINTS = sorted(
    (routes for room in ROOMS for routes in room.routes), key=lambda routes: JOURNEY.index(routes.name)
)


def create_app(settings: Settings, clock: Clock = system_clock) -> Flask:
    """The service as a WSGI application. Raises where a route names no scope or a key is wrong."""
    app = Application("secmon")
    engine = make_engine(settings.database_url, pool_size=settings.threads)
    database = Database(engine, clock, Sealing(settings.keys))
    frame.install(app, settings, database, lambda: observing.install(app, settings, database))
    tokens.install(app, settings, database)
    require_keys(database, settings.keys)
    add_check(app, "stored_secrets", ReadyCheck(lambda: misfit(database, settings.keys)))
    geo = GeoFiles(settings.geo, clock)
    add_check(app, "geo", ReadyCheck(geo.told, vital=False))
    installs = INSTALL_IDS.put(app, InstallIds(settings.keys))
    known_policies, population = Policies(), HeldPopulation(database)
    POPULATION.put(app, population)
    shadow = ShadowJudge(database, known_policies, population)
    SHADOW.put(app, shadow)
    SAMPLING.put(app, sampling.scores)
    judges = Judges(
        reader=UserAgentReader(settings.app_products),
        policies=known_policies,
        population=population,
        place_of=Places(geo),
        shadow=shadow,
        calendar=settings.working_time,
        zone=settings.owner_zone,
        installs=installs,
        nonces=DeviceNonces(settings.keys),
    )
    JUDGES.put(app, judges)
    FACTORS.put(
        app,
        Factors.chosen(
            keys=settings.keys,
            issuer=settings.totp_issuer,
            parameters=TotpParameters(Algorithm(settings.totp_algorithm), settings.totp_digits),
            on_proven=lambda work, account_id, event_id, method: prove(
                work, account_id, event_id, method, judges.reader
            ),
            guard=EnrolmentGuard(login_theft.may_enrol, freeze_recovery.enrolled),
        ),
    )
    KNOWN_RULES.put(app, KnownRules())
    ON_FORGOTTEN.put(app, profiles.forget_device)
    VIEWS.put(app, Views(clock))
    _answer_alerts(app, settings, judges)
    _watch_credentials(app, settings, judges)
    ERASURE.put(app, Erasure(ERASERS, case_service.has_open))
    DESK.put(app, Desk(settings.working_time, credential_history.last_reported))
    HISTORY.put(app, History(SOURCES, settings.keys))
    FREEZE_RULES.put(
        app, FreezeRules(settings.working_time, settings.unfreeze_approval, _aftermath(judges.reader))
    )
    WEBHOOKS.put(app, Webhooks(settings.keys, settings.webhook_allowed_networks))
    COLLECTORS.put(app, (WorkerCollector(database, duties(settings, database)), QualityCollector(database)))
    frame.publish(app, BLUEPRINTS)
    openapi.install(app, api_document())
    return app


def _aftermath(reader: UserAgentReader) -> Aftermath:
    """What dies with a theft lies beside the freezes and above them."""

    def take_logins_back(work: Work, account_id: str, since: datetime) -> None:
        login_theft.take_back(work, account_id, since, reader)

    return Aftermath(
        first_doubt=alert_closing.first_doubt,
        had_factor=factor_ends.had_factor,
        disown=login_theft.disown,
        endings=(
            factor_ends.end_factor,
            alert_closing.close_open,
            device_service.take_back,
            take_logins_back,
        ),
    )


def api_document() -> Document:
    """The OpenAPI document: it depends on no setting, and needs no database."""
    return document(BLUEPRINTS, DESCRIPTIONS, EVENTS)


def _answer_alerts(app: Flask, settings: Settings, judges: Judges) -> None:
    """Owners' answers teach the logins, which lie above the alerts."""
    ANSWER_RULES.put(
        app,
        AnswerRules(
            calendar=settings.working_time,
            proof_of=proof_of,
            says_me=lambda work, account_id, event_id: owner_says_me(
                work, account_id, event_id, judges.reader
            ),
            says_not_me=lambda work, account_id, event_id: owner_says_not_me(
                work, account_id, event_id, judges.reader
            ),
        ),
    )
    TELLING.put(
        app, AlertTelling(settings.keys, settings.public_url, settings.owner_zone, settings.app_products)
    )


def _watch_credentials(app: Flask, settings: Settings, judges: Judges) -> None:
    """Credentials hear of passwords' dates from the accounts below; the logins above hear of changes."""
    reminding = Reminding(timedelta(days=settings.password_age_days), settings.owner_zone)
    CHANGE_RULES.put(
        app,
        ChangeRules(
            note=profiles.note_credential_change,
            reminding=reminding,
            is_owners=login_theft.is_owners_change,
            is_familiar=partial(is_familiar, judges.place_of),
        ),
    )

    def contact_bound(work: Work, account: Account, contact: str, quiet: bool) -> None:
        holds.begin(work, account, Trigger(f"{contact}_changed"), quiet=quiet)

    def password_dated(work: Work, account_id: str, changed_at: datetime) -> None:
        password_service.told(work, account_id, changed_at, reminding)

    PROFILES.put(
        app,
        Profiles(settings.keys, contact_bound, password_dated, profiles.note_credential_change, require_case),
    )
