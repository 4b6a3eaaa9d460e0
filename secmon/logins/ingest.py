"""One login comes in: judged, answered and stored in one transaction."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import msgspec

from secmon.accounts import service as accounts
from secmon.accounts.gate import Standing
from secmon.alerts import service as alerts
from secmon.cases.states import CaseChannel
from secmon.core.working_time import WorkingCalendar
from secmon.database.statements import Query
from secmon.database.work import Work
from secmon.devices import statements as devices
from secmon.freezes import service as freezes
from secmon.freezes.reasons import FreezeReason
from secmon.holds import service as holds
from secmon.holds.rules import Trigger
from secmon.logins import account_state, profiles, repeated, statements
from secmon.logins.account_state import AccountState
from secmon.logins.answer import Telling, compose
from secmon.logins.event import LoginEvent
from secmon.logins.judgement import AccountMemory, Judgement, judge
from secmon.logins.judges import Judges
from secmon.risk.login import Login, Recognition, Tallies
from secmon.wording.case_texts import Remark, Said

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
    """`answer` is the JSON text. `memory`: the account as the login leaves it."""

    memory: AccountMemory
    judgement: Judgement
    answer: str


def ingest(work: Work, event: LoginEvent, judges: Judges, locale: str | None = None) -> Ingested:
    """Judge and store one login event, once; sent again, it is answered by what holds now.

    `locale` is the caller's wish; without one the sentences are in the account's language.
    """
    known = account_state.read(work, event, lock=True)
    if known.before is not None:
        (answer,) = repeated.answers(work, [(event, known)])
        return Ingested(answer, created=False)
    decided = decide(work, event, known, judges, locale)
    work.defer(*event_writes(work, event, decided, known.tallies))
    profiles.keep(work, event.account_id, decided.memory.profile)
    return Ingested(decided.answer, created=True)


def decide(work: Work, event: LoginEvent, known: AccountState, judges: Judges, locale: str | None) -> Decided:
    """Judges, tells the owner, freezes where the policy asks for it, and teaches the profile."""
    judgement = _judge(work, event, known, judges)
    judges.shadow.compare(work, event, known, judgement)
    newly_known = _makes_new_device_known(known.memory, judgement)
    memory = known.memory.after(judgement, event)
    answer = _answer(work, event, known, judgement, judges, locale)
    if memory.frozen and not known.memory.frozen:
        answer["standing"] = Standing.FROZEN
        freeze(work, event, answer, judges.calendar)
    _hold(work, event, judgement, newly_known=newly_known)
    return Decided(memory, judgement, _dumps(answer))


def _makes_new_device_known(memory: AccountMemory, judgement: Judgement) -> bool:
    """Whether the account has one device more by this login; of an account's first nobody was robbed."""
    recognised = judgement.recognised
    return (
        judgement.makes_known
        and recognised.recognition is not Recognition.FIRST
        and memory.device(recognised.device_key) is None
    )


def _hold(work: Work, event: LoginEvent, judgement: Judgement, *, newly_known: bool) -> None:
    """What begins with the login itself: a device more, or one that is where its owner has never been."""
    if judgement.history or judgement.stale or not judgement.login.success:
        return
    if newly_known:
        account = accounts.lock(work, event.account_id)
        holds.begin(work, account, Trigger.NEW_DEVICE, cause=event.event_id)
    if judgement.assessment.elsewhere:
        account = accounts.lock(work, event.account_id)
        # The alert tells of it.
        holds.begin(work, account, Trigger.KNOWN_DEVICE_ELSEWHERE, cause=event.event_id, quiet=True)


def assess_only(work: Work, event: LoginEvent, judges: Judges, locale: str | None = None) -> dict[str, Any]:
    """The answer that this login would get; nothing is locked and nothing recorded."""
    known = account_state.read(work, event, lock=False)
    judgement = _judge(work, event, known, judges)
    return compose(judgement, known, _telling(known, judges, locale), event_id=None)


def _telling(known: AccountState, judges: Judges, locale: str | None) -> Telling:
    return Telling(locale or known.locale, judges.zone, judges.installs)


def _judge(work: Work, event: LoginEvent, known: AccountState, judges: Judges) -> Judgement:
    policy = judges.policies.at(work, known.policies.in_force)
    return judge(event, known.memory, known.tallies, judges.population(), policy, judges.reader, work.now)


def _answer(
    work: Work,
    event: LoginEvent,
    known: AccountState,
    judgement: Judgement,
    judges: Judges,
    locale: str | None,
) -> dict[str, Any]:
    answer = compose(
        judgement,
        known,
        _telling(known, judges, locale),
        event_id=event.event_id,
        sent_proof=event.sent_proof,
    )
    if judgement.notify and not (judgement.familiar and _is_told(work, event, judgement)):
        alert = _alert_of(event, judgement, answer, judges)
        answer["alert_id"] = str(alerts.raise_alert(work, event.account_id, alert, judges.zone))
    return answer


def _is_told(work: Work, event: LoginEvent, judgement: Judgement) -> bool:
    """The owner was told of the like lately: a browser that forgets its id is a new one at each login."""
    return alerts.was_told_of(work, event.account_id, judgement.traits, _network(judgement.login))


def _network(login: Login) -> str | None:
    return login.network if login.asn is None else f"AS{login.asn}"


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
        network=_network(login),
        anonymizer=login.anonymizer,
        traits=judgement.traits.to_json(),
        city_found=login.city is not None and found is not None and found.city == login.city,
        decision=answer["decision"],
    )


def event_writes(work: Work, event: LoginEvent, decided: Decided, tallies: Tallies) -> list[Query]:
    """What is stored of one event, besides the account's profile. `tallies` as it was judged by them."""
    judgement = decided.judgement
    writes = [statements.STORE_EVENT(**_event_row(work, event, judgement, decided.answer))]
    if not judgement.login.success:
        return [*writes, *_failure_marks(event, judgement.login)]
    writes.append(_device_seen(work, event, decided.memory, judgement))
    if judgement.enters:
        writes.extend(_entry_marks(event, judgement.login, decided.memory, tallies))
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
    mark = {"account_id_": event.account_id, "minute_": account_state.minute_of(event)}
    for source in (event.ip, login.network):
        yield statements.MARK_FAILURE(**mark, ip_=source, network_=source, device_id_="")
    if event.device_id is not None:
        yield statements.MARK_FAILURE(**mark, ip_="", network_="", device_id_=event.device_id)


def _entry_marks(event: LoginEvent, login: Login, memory: AccountMemory, tallies: Tallies) -> Iterator[Query]:
    """Owners who get in have not failed before; and they count where others have."""
    mark = {"account_id_": event.account_id, "minute_": account_state.minute_of(event)}
    if memory.has_failed_within(timedelta(minutes=account_state.TALLY_MINUTES), event.occurred_at):
        yield statements.MEND_FAILURES(
            **mark,
            minutes_=account_state.TALLY_MINUTES,
            ip_=event.ip,
            network_=login.network,
            device_id_=event.device_id,
        )
    if tallies.asks_who_enters:
        for source in (event.ip, login.network):
            yield statements.MARK_ENTRY(**mark, network_=source)


def _device_seen(work: Work, event: LoginEvent, memory: AccountMemory, judgement: Judgement) -> Query:
    """The device's row; one that nobody has proven yet is kept as seen, and not as known."""
    device = memory.device(judgement.recognised.device_key)
    proof, nonces = judgement.proof, None
    if proof is not None:
        nonces = _dumps((proof.nonce,) if device is None else device.used_nonces)
    return devices.SEEN(
        account_id_=event.account_id,
        device_key_=judgement.recognised.device_key,
        install_id_=event.device_id,
        traits_=(judgement.traits if device is None else device.traits).to_json(),
        trusted_=False,
        known_since_=work.now if judgement.makes_known else None,
        first_seen_at_=event.occurred_at,
        last_seen_at_=event.occurred_at,
        key_thumbprint_=proof.thumbprint if proof is not None and judgement.makes_known else None,
        used_nonces_=nonces,
    )


def freeze(work: Work, event: LoginEvent, answer: dict[str, Any], calendar: WorkingCalendar) -> None:
    """Freezes the account of a login that was answered so; its row is locked by the caller."""
    device, risk, alert_id = answer["device"], answer["risk"], answer["alert_id"]
    facts = {
        "event_id": event.event_id,
        "device": device["label"],
        "ip": event.ip,
        "score": str(risk["score"]),
        "policy": str(risk["policy_version"]),
    }
    cause = freezes.Cause(
        FreezeReason.SUSPICIOUS_ACTIVITY,
        CaseChannel.AUTOMATIC,
        summary=Remark(Said.LOGIN_SCORED, facts),
        alert_id=None if alert_id is None else uuid.UUID(alert_id),
        device_id=device["device_id"],
    )
    freezes.freeze(work, event.account_id, cause, calendar)
