"""What the owner answers, and what follows from it: one transaction, under the account's lock."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from enum import StrEnum

from secmon.accounts import service as accounts
from secmon.accounts.gate import Standing
from secmon.alerts import service
from secmon.alerts.models import Alert
from secmon.audit import service as audit
from secmon.cases import service as cases
from secmon.cases.service import Case
from secmon.cases.states import Channel
from secmon.core.errors import Conflict, NotFound
from secmon.core.work import Work
from secmon.core.working_time import WorkingCalendar
from secmon.freezes import service as freezes
from secmon.freezes.reasons import Reason
from secmon.outbox import service as outbox
from secmon.outbox.kinds import Kind

# What the owner says of the login `event_id` of an account, to whoever learnt from it.
Teach = Callable[[Work, str, str], None]


class Answer(StrEnum):
    WAS_ME = "was_me"
    NOT_ME = "not_me"


class AlertAnswered(Conflict):
    """The first answer stands; the same one again is answered as before."""

    code = "alert_answered"
    title = "The alert has another answer already"
    advice = "Read the alert for the answer that stands; support can help an owner who answered in error."


@dataclass(frozen=True, slots=True)
class AnswerRules:
    """What the composition root chose: the hours of cases, and who learns from the owner's answer.

    The logins lie above this domain. A login that is kept no longer makes them raise `NotFound`.
    """

    calendar: WorkingCalendar
    says_me: Teach
    says_not_me: Teach


@dataclass(frozen=True, slots=True)
class Answered:
    """The alert with its answer; `case` is the case that the answer opened or joined."""

    alert: Alert
    case: Case | None = None


def answer(
    work: Work, alert_id: uuid.UUID, said: Answer, rules: AnswerRules, channel: Channel = Channel.IN_APP
) -> Answered:
    """Takes the owner's word, once. "Not me" freezes the account, opens its case, ends its sessions.

    Raises `AlertUnknown`, `AlertAnswered` where the other answer stands, and `AccountFrozen` where the
    owner, or somebody with the owner's phone, would vouch for a device while the account is frozen.
    """
    alert = service.lock(work, alert_id)
    if alert.answer is not None:
        if alert.answer != said:
            raise AlertAnswered
        return Answered(alert, case_of(work, alert))
    alert.answer, alert.answered_at = said.value, work.now
    facts = {"answer": said.value, "event_id": alert.event_id}
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


def _was_me(work: Work, alert: Alert, rules: AnswerRules) -> Answered:
    if accounts.get(work, alert.account_id).standing == Standing.FROZEN:
        raise accounts.AccountFrozen
    with suppress(NotFound):
        rules.says_me(work, alert.account_id, alert.event_id)
    return Answered(alert)


def _not_me(work: Work, alert: Alert, rules: AnswerRules, channel: Channel) -> Answered:
    cause = freezes.Cause(
        Reason.UNFAMILIAR_DEVICE,
        channel,
        summary=f"The owner denies the login from {alert.device_label} ({alert.ip}).",
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
