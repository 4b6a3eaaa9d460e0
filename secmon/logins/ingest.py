"""A login event comes in: read what is known, judge, answer, and keep all of it in one transaction."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

import msgspec

from secmon.accounts.gate import Standing
from secmon.alerts import service as alerts
from secmon.database.statements import Query
from secmon.database.work import Work
from secmon.devices import statements as devices
from secmon.devices.merging import merged
from secmon.devices.proven import with_used
from secmon.logins import again, automatic_freeze, profiles, statements
from secmon.logins import known as account_known
from secmon.logins.answer import Telling, compose
from secmon.logins.event import LoginEvent
from secmon.logins.judgement import Judgement, judge, remember
from secmon.logins.judges import Judges
from secmon.logins.known import Known
from secmon.risk.login import Login
from secmon.risk.population import Population

_encoder = msgspec.json.Encoder()


def _dumps(value: object) -> str:
    return _encoder.encode(value).decode()


@dataclass(frozen=True, slots=True)
class Ingested:
    """`answer` is the JSON text, and None where the event_id is another event's; `created` is false where
    the event was known already.
    """

    answer: str | None
    created: bool


@dataclass(frozen=True, slots=True)
class Decided:
    """`answer` is the JSON text. `known` is as the login leaves it: its profile taught, its standing."""

    known: Known
    judgement: Judgement
    answer: str


def ingest(work: Work, event: LoginEvent, judges: Judges, locale: str | None = None) -> Ingested:
    """Judge and store one login event, once; sent again, it is answered by what holds now.

    `locale` is the caller's wish; without one the sentences are in the account's language.
    """
    known = account_known.read(work, event, lock=True)
    if known.before is not None:
        (answer,) = again.answers(work, [(event, known)])
        return Ingested(answer, created=False)
    decided = decide(work, event, known, judges, locale)
    work.defer(*event_writes(work, event, decided))
    profiles.keep(work, event.account_id, known.profile)
    return Ingested(decided.answer, created=True)


def decide(work: Work, event: LoginEvent, known: Known, judges: Judges, locale: str | None) -> Decided:
    """Judges, tells the owner, freezes where the policy asks for it, and teaches the profile."""
    judgement = _judge(work, event, known, judges)
    judges.shadow.compare(work, event, known, judgement)
    freezing = judgement.freezes and known.standing != Standing.FROZEN
    if freezing:
        known = replace(known, standing=Standing.FROZEN)
    answer = _answer(work, event, known, judgement, judges, locale)
    if freezing:
        automatic_freeze.freeze(work, event, answer, judges.calendar)
    remember(judgement, known.profile)
    return Decided(known, judgement, _dumps(answer))


def assess_only(work: Work, event: LoginEvent, judges: Judges, locale: str | None = None) -> dict[str, Any]:
    """The answer that this login would get; nothing is locked and nothing recorded."""
    known = account_known.read(work, event, lock=False)
    judgement = _judge(work, event, known, judges)
    return compose(judgement, known, _telling(known, judges, locale), event_id=None)


def _telling(known: Known, judges: Judges, locale: str | None) -> Telling:
    return Telling(locale or known.locale, judges.zone, judges.installs)


def _judge(work: Work, event: LoginEvent, known: Known, judges: Judges) -> Judgement:
    policy = judges.policies.at(work, known.policies.in_force)
    return judge(event, known.memory(), known.tallies, judges.population(), policy, judges.reader, work.now)


def _answer(
    work: Work, event: LoginEvent, known: Known, judgement: Judgement, judges: Judges, locale: str | None
) -> dict[str, Any]:
    answer = compose(
        judgement,
        known,
        _telling(known, judges, locale),
        event_id=event.event_id,
        sent_proof=event.sent_proof,
    )
    if judgement.notify:
        alert = _alert_of(event, judgement, answer, judges)
        answer["alert_id"] = str(alerts.raise_alert(work, event.account_id, alert, judges.zone))
    return answer


def _alert_of(
    event: LoginEvent, judgement: Judgement, answer: dict[str, Any], judges: Judges
) -> alerts.SuspiciousLogin:
    login = judgement.login
    found = judges.place_of(event.ip, None)
    return alerts.SuspiciousLogin(
        event_id=event.event_id,
        occurred_at=event.occurred_at,
        device_key=answer["device"]["device_id"],
        device_label=answer["device"]["label"],
        ip=event.ip,
        country=login.country,
        city=login.city,
        network=login.network if login.asn is None else f"AS{login.asn}",
        anonymizer=login.anonymizer,
        traits=judgement.traits.to_json(),
        city_found=login.city is not None and found is not None and found.city == login.city,
        decision=answer["decision"],
    )


def event_writes(work: Work, event: LoginEvent, decided: Decided) -> list[Query]:
    """What is stored of one event, besides the account's profile."""
    judgement = decided.judgement
    writes = [statements.STORE_EVENT(**_event_row(work, event, judgement, decided.answer))]
    if not judgement.login.success:
        return [*writes, *_failure_marks(event, judgement.login)]
    writes.append(_device_seen(work, event, decided.known, judgement))
    if judgement.learn:
        pairs = _dumps(Population.fold(judgement.login))
        writes.append(
            statements.TO_BE_COUNTED(
                account_id_=event.account_id, event_id_=event.event_id, level_values_=pairs
            )
        )
    return writes


def _event_row(work: Work, event: LoginEvent, judgement: Judgement, answer: str) -> dict[str, Any]:
    return {
        "account_id_": event.account_id,
        "event_id_": event.event_id,
        "occurred_at_": event.occurred_at,
        "received_at_": work.now,
        "outcome_": event.outcome,
        "failure_reason_": event.failure_reason,
        "ip_": event.ip,
        "user_agent_": event.user_agent,
        "device_id_": event.device_id,
        "session_id_": event.session_id,
        "channel_": event.channel,
        "amr_": ",".join(event.amr) or None,
        "place_": None if event.place is None else event.place.to_json(),
        "decision_": judgement.decision,
        "learnt_": judgement.learn,
        "assessment_": answer,
        "digest_": event.digest,
        "imported_": event.imported,
        "proven_key_": None if judgement.proof is None else judgement.proof.thumbprint,
    }


def _failure_marks(event: LoginEvent, login: Login) -> Iterator[Query]:
    """One for each source that the failure came from."""
    mark = {"account_id_": event.account_id, "minute_": account_known.minute_of(event)}
    for source in (event.ip, login.network):
        yield statements.MARK_FAILURE(**mark, ip_=source, network_=source, device_id_="")
    if event.device_id is not None:
        yield statements.MARK_FAILURE(**mark, ip_="", network_="", device_id_=event.device_id)


def _device_seen(work: Work, event: LoginEvent, known: Known, judgement: Judgement) -> Query:
    """The device's row; one that nobody has proven yet is kept as seen, and not as known."""
    used = known.device(judgement.recognised.device_key)
    traits = judgement.traits if used is None else merged(used.device.traits, judgement.traits)
    proof, nonces = judgement.proof, None
    if proof is not None:
        nonces = _dumps(with_used(proof.nonce, () if used is None else used.device.used_nonces))
    return devices.SEEN(
        account_id_=event.account_id,
        device_key_=judgement.recognised.device_key,
        install_id_=event.device_id,
        traits_=traits.to_json(),
        trusted_=False,
        known_since_=work.now if judgement.makes_known else None,
        first_seen_at_=event.occurred_at,
        last_seen_at_=event.occurred_at,
        key_thumbprint_=proof.thumbprint if proof is not None and judgement.makes_known else None,
        used_nonces_=nonces,
    )
