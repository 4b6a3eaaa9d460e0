"""An appeal against a hold: its case, and a person who neither made the hold nor asked decides."""

from __future__ import annotations

import uuid
from collections.abc import Collection
from datetime import timedelta
from enum import StrEnum

from prometheus_client import Counter
from sqlalchemy import delete, select

from secmon.accounts import service as accounts
from secmon.audit import service as audit
from secmon.cases import identity, news, staff
from secmon.cases import service as cases
from secmon.cases.identity import CheckMethod, IdentityUnverified
from secmon.cases.service import Report
from secmon.cases.states import CaseChannel, Category, Priority
from secmon.core.errors import Conflict, NotFound
from secmon.core.ids import new_id
from secmon.core.working_time import WorkingCalendar
from secmon.database.work import Work
from secmon.gate.models import Appeal, GateRequest
from secmon.holds import service as holds
from secmon.holds.service import Hold, HoldOver
from secmon.outbox import service as outbox
from secmon.outbox.kinds import Kind
from secmon.wording.case_texts import Remark, Said

# Whoever cannot pay waits at night as well.
ALWAYS = WorkingCalendar(hours=(timedelta(0), timedelta(hours=24)), weekdays=frozenset(range(7)))

DECIDED = Counter(
    "secmon_hold_appeals",
    "Appeals against holds that were decided: how many holds of a trigger were wrong",
    ["trigger", "verdict"],
)


class AppealStatus(StrEnum):
    PENDING = "pending"
    UPHELD = "upheld"
    REFUSED = "refused"


class NoAppeal(NotFound):
    """Nobody has appealed against this hold."""

    code = "appeal_unknown"
    title = "There is no appeal against this hold"


class AppealDecided(Conflict):
    """The first decision stands."""

    code = "appeal_decided"
    title = "The appeal was decided before"
    advice = "Read the case; appeal anew if something else is known."


def ask(work: Work, account_id: str, hold_id: uuid.UUID, text: str, channel: CaseChannel) -> Appeal:
    """Opens the appeal's case; the appeal that is pending already stands while its case is open.

    Raises `AccountUnknown`, `HoldUnknown`, `HoldOver`.
    """
    accounts.lock(work, account_id)
    hold = _live(work, account_id, hold_id)
    before = _latest(work, account_id, hold_id)
    if before is not None and _is_pending(work, before):
        return before
    report = Report(
        category=Category.SECURITY,
        channel=channel,
        subject=Remark(Said.APPEALED, {"hold": hold.trigger}),
        summary=text,
        priority=Priority.URGENT,
    )
    case = cases.open_case(work, account_id, report, ALWAYS)
    appeal = Appeal(
        account_id=account_id,
        appeal_id=new_id(work.now),
        hold_id=hold_id,
        case_id=case.case_id,
        status=AppealStatus.PENDING.value,
        text=text,
        asked_at=work.now,
        asked_by=work.actor.actor_id,
        asked_person=work.actor.person_id,
    )
    work.session.add(appeal)
    facts = {"case_id": str(case.case_id), "trigger": hold.trigger}
    audit.record(work, account_id, "appeal.asked", subject=str(hold_id), facts=facts)
    return appeal


def decide(
    work: Work,
    account_id: str,
    hold_id: uuid.UUID,
    verdict: AppealStatus,
    note: str,
    seen: Collection[str] | None,
) -> Appeal:
    """Upheld, the hold is over at once and the owner is told; refused, it stays.

    The appeal's case holds a good identity check, made by somebody else; for a fence that opens face to face,
    of an ID document. Raises `AccountUnknown`, `HoldUnknown`, `HoldOver`, `NoAppeal`, `AppealDecided`,
    `StaffRequired`, `SecondPersonRequired`, `IdentityUnverified`, `CaseChanged`, `PreconditionRequired`.
    """
    account = accounts.lock(work, account_id)
    staff.require_staff(work)
    hold = holds.get(work, account_id, hold_id)
    appeal = _latest(work, account_id, hold_id)
    if appeal is None:
        raise NoAppeal
    doers = [(hold.made_by, hold.made_person), (appeal.asked_by, appeal.asked_person)]
    checked_by = identity.checkers(work, account_id, appeal.case_id)
    staff.require_another(work, doers + checked_by)
    if appeal.status != AppealStatus.PENDING:
        raise AppealDecided(f"It was {appeal.status}.")
    case = cases.lock_of_account(work, account_id, appeal.case_id)
    news.require_seen(work, case, seen)
    if verdict is AppealStatus.UPHELD:
        _live(work, account_id, hold_id)
        identity.require_identity(work, account_id, appeal.case_id)
        if hold.face_to_face and not _document_seen(work, case):
            raise IdentityUnverified("This fence opens on an ID document that was seen in person.")
        holds.end(work, account, [hold], "appeal")
        facts = {"hold_id": str(hold_id), "reason": hold.trigger, "case_id": str(appeal.case_id)}
        outbox.owe(work, account_id, Kind.HOLD_LIFTED, facts)
    appeal.status, appeal.note = verdict.value, note
    appeal.decided_at, appeal.decided_by = work.now, work.actor.actor_id
    cases.touch(work, account_id, appeal.case_id)
    facts = {"case_id": str(appeal.case_id), "trigger": hold.trigger}
    audit.record(work, account_id, f"appeal.{verdict}", subject=str(hold_id), reason=note, facts=facts)
    DECIDED.labels(hold.trigger, verdict.value).inc()
    return appeal


def latest(work: Work, account_id: str, hold_id: uuid.UUID) -> Appeal:
    """The latest appeal against a hold. Raises `AccountUnknown`, `NoAppeal`."""
    accounts.get(work, account_id)
    appeal = _latest(work, account_id, hold_id)
    if appeal is None:
        raise NoAppeal
    return appeal


def erase(work: Work, account_id: str) -> None:
    """Deletes what the account's gate was asked, and its appeals."""
    for table in (Appeal, GateRequest):
        work.session.execute(delete(table).where(table.account_id == account_id))


def _live(work: Work, account_id: str, hold_id: uuid.UUID) -> Hold:
    hold = holds.get(work, account_id, hold_id)
    if not holds.is_live(hold, work.now):
        raise HoldOver
    return hold


def _latest(work: Work, account_id: str, hold_id: uuid.UUID) -> Appeal | None:
    query = select(Appeal).where(Appeal.account_id == account_id, Appeal.hold_id == hold_id)
    return work.session.scalar(query.order_by(Appeal.appeal_id.desc()).limit(1))


def _is_pending(work: Work, appeal: Appeal) -> bool:
    """Nobody can decide on a case that was closed."""
    is_open = cases.is_open(work, appeal.account_id, appeal.case_id)
    return appeal.status == AppealStatus.PENDING and is_open


def _document_seen(work: Work, case: cases.Case) -> bool:
    return identity.of_case(work, case)[-1].method == CheckMethod.ID_DOCUMENT
