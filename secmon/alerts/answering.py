"""What the owner answers, and what follows from it: one transaction, under the account's lock."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from secmon.accounts import service as accounts
from secmon.accounts.gate import Standing
from secmon.alerts import service
from secmon.alerts.models import Alert
from secmon.audit import service as audit
from secmon.cases import identity
from secmon.cases import service as cases
from secmon.cases.service import Case
from secmon.cases.states import CaseChannel
from secmon.core.errors import Conflict, NotFound
from secmon.core.working_time import WorkingCalendar
from secmon.database.work import Work
from secmon.freezes import service as freezes
from secmon.freezes.reasons import FreezeReason
from secmon.outbox import service as outbox
from secmon.outbox.kinds import Kind
from secmon.twofactor import service as twofactor
from secmon.web.parts import Part
from secmon.wording.case_texts import Remark, Said

# What the owner says of the login `event_id` of an account, to whoever learnt from it.
Teach = Callable[[Work, str, str], None]
# How well the login `event_id` of an account is proven.
ProofOf = Callable[[Work, str, str], "LoginProof"]


class Answer(StrEnum):
    WAS_ME = "was_me"
    NOT_ME = "not_me"


class LoginProof(StrEnum):
    """What is known of a login besides its owner's word."""

    PROVEN = "proven"  # By a second factor.
    OPEN = "open"
    REFUSED = "refused"  # It failed, was denied, or its challenge failed: no click makes it good.


class AlertAnswered(Conflict):
    """The first answer stands; the same one again is answered as before.

    A `was_me` that vouched for nothing gives way to `not_me`: who read the owner's mail must not be able to
    silence the owner.
    """

    code = "alert_answered"
    title = "The alert has another answer already"
    advice = "Read the alert for the answer that stands; support can help an owner who answered in error."


class AlertClosed(Conflict):
    """The account was given back after a theft: what was asked before that is answered no more."""

    code = "alert_closed"
    title = "The alert was closed before anybody answered it"
    advice = "If something is wrong again, freeze the account; a later login makes an alert of its own."


@dataclass(frozen=True, slots=True)
class AnswerRules:
    """What the composition root chose: the hours of cases, who knows how well a login is proven, and who
    learns from the owner's answer.

    The logins lie above this domain. A login that is kept no longer makes them raise `NotFound`.
    """

    calendar: WorkingCalendar
    proof_of: ProofOf
    says_me: Teach
    says_not_me: Teach


ANSWER_RULES: Part[AnswerRules] = Part("alerts")


@dataclass(frozen=True, slots=True)
class Answered:
    """The alert with its answer; `case` is the case that the answer opened or joined."""

    alert: Alert
    case: Case | None = None


def answer(
    work: Work,
    alert_id: uuid.UUID,
    said: Answer,
    rules: AnswerRules,
    channel: CaseChannel = CaseChannel.IN_APP,
    case_id: uuid.UUID | None = None,
) -> Answered:
    """Takes the owner's word, once. "Not me" freezes the account, opens its case, ends its sessions.

    "Was me" lets the alert rest; whether it also trusts the device and teaches the login, `vouched` says.
    By mail (`Channel.EMAIL`), the caller has seen to it that the address identifies its owner. Staff pass on
    "was me" with the `case_id` on which they have checked who says so; anybody may pass on the other.

    Raises `AlertUnknown`, `AlertAnswered` where the other answer stands, `AlertClosed`, `IdentityUnverified`,
    and `AccountFrozen` where somebody would vouch for a device while the account is frozen.
    """
    alert = service.lock(work, alert_id)
    if alert.answer is not None and not _gives_way(alert, said):
        if alert.answer != said:
            raise AlertAnswered
        return Answered(alert, case_of(work, alert))
    if alert.closed_at is not None:
        raise AlertClosed
    facts: dict[str, Any] = {"answer": said.value, "event_id": alert.event_id}
    vouched = None
    if said is Answer.WAS_ME:
        identity.require_vouching(work, alert.account_id, case_id)
        facts |= {} if case_id is None else {"case_id": str(case_id)}
        vouched = facts["vouched"] = _vouches(work, alert, rules, channel)
    alert.answer, alert.answered_at, alert.vouched = said.value, work.now, vouched
    audit.record(work, alert.account_id, "alert.answered", subject=str(alert_id), facts=facts)
    match said:
        case Answer.WAS_ME:
            return _was_me(work, alert, rules)
        case Answer.NOT_ME:
            return _not_me(work, alert, rules, channel)


def case_of(work: Work, alert: Alert) -> Case | None:
    """The case that "not me" opened or joined; none where it is kept no longer."""
    if alert.case_id is None:
        return None
    with suppress(NotFound):
        return cases.get(work, alert.case_id)
    return None


def _gives_way(alert: Alert, said: Answer) -> bool:
    """What vouched for nothing is no answer that protects anybody from the other one."""
    return said is Answer.NOT_ME and alert.answer == Answer.WAS_ME and alert.vouched is False


def _was_me(work: Work, alert: Alert, rules: AnswerRules) -> Answered:
    if alert.vouched:
        rules.says_me(work, alert.account_id, alert.event_id)
    return Answered(alert)


def _vouches(work: Work, alert: Alert, rules: AnswerRules, channel: CaseChannel) -> bool:
    """Whether "was me" trusts and teaches. By mail, an owner who has a second factor has to have given it.

    In the app the owner's session says so: whose that is, the wallet alone knows.
    """
    if accounts.get(work, alert.account_id).standing == Standing.FROZEN:
        raise accounts.AccountFrozen
    try:
        proof = rules.proof_of(work, alert.account_id, alert.event_id)
    except NotFound:
        # The login is kept no longer, and there is nothing to learn.
        return False
    if proof is LoginProof.OPEN and channel is CaseChannel.EMAIL:
        return not twofactor.status(work, alert.account_id).enabled
    return proof is not LoginProof.REFUSED


def _not_me(work: Work, alert: Alert, rules: AnswerRules, channel: CaseChannel) -> Answered:
    cause = freezes.Cause(
        FreezeReason.UNFAMILIAR_DEVICE,
        channel,
        summary=Remark(Said.LOGIN_DENIED, {"device": alert.device_label, "ip": alert.ip}),
        alert_id=alert.alert_id,
        device_id=alert.device_key,
    )
    frozen = freezes.freeze(work, alert.account_id, cause, rules.calendar)
    alert.case_id = frozen.case.case_id
    if not frozen.created:
        # The freeze that stands ended the sessions of its own time; this one may be younger.
        outbox.owe(work, alert.account_id, Kind.SESSIONS_REVOKE, {"alert_id": str(alert.alert_id)})
    with suppress(NotFound):
        rules.says_not_me(work, alert.account_id, alert.event_id)
    return Answered(alert, frozen.case)
