"""Freezing: standing, case, audit and messages in one transaction, under the account's lock."""

from __future__ import annotations

import uuid
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, delete, func, literal_column, select

from secmon.accounts import service as accounts
from secmon.accounts.locking import FREEZE, LOCK, created
from secmon.audit import service as audit
from secmon.cases import approvals, changing, notes
from secmon.cases import service as cases
from secmon.cases.approvals import ApprovalKind
from secmon.cases.reference import TAKEN, new_reference
from secmon.cases.service import Case, Report
from secmon.cases.states import CaseChannel, Category
from secmon.core.ids import new_id
from secmon.core.pages import PageRequest
from secmon.core.working_time import WorkingCalendar
from secmon.database.pages import newest
from secmon.database.rows import ROWS, Storing, encode, given_rows
from secmon.database.statements import Statement
from secmon.database.tables import ACCOUNT_ID
from secmon.database.work import Work
from secmon.freezes.models import Freeze, FreezeStatus
from secmon.freezes.reasons import FreezeReason, priority
from secmon.outbox import service as outbox
from secmon.outbox.kinds import Kind
from secmon.wording.case_texts import Part, Remark, Said


@dataclass(frozen=True, slots=True)
class Frozen:
    """The freeze and the case that stand; `created` where this call made them."""

    freeze: Freeze
    case: Case
    created: bool


@dataclass(frozen=True, slots=True)
class Cause:
    """Why, how reported, in whose words (a person's, or the service's own), and what it came from."""

    reason: FreezeReason
    channel: CaseChannel
    summary: Part | None = None
    alert_id: uuid.UUID | None = None
    device_id: str | None = None


_LOOK = Statement(
    select(Freeze.freeze_id).where(
        Freeze.account_id == bindparam("account_id"), Freeze.status == literal_column("'active'")
    )
)


# (when it was frozen last, or nothing,)
LAST_FROZEN = Statement(
    select(
        select(func.max(Freeze.frozen_at))
        .where(Freeze.account_id == bindparam("account_id"))
        .scalar_subquery()
    ),
    one_row=True,
)


def _last(dialect: str) -> Any:
    given = given_rows(dialect, {"account_id": ACCOUNT_ID})
    return (
        select(Freeze.account_id, func.max(Freeze.frozen_at))
        .where(Freeze.account_id.in_(select(given.c.account_id)))
        .group_by(Freeze.account_id)
    )


# (account_id, when it was frozen last) of those of the `rows` (account_id,) that ever were.
_LAST = Statement(_last)
_COLUMNS = [column.key for column in Freeze.__table__.columns]
_STORE = Storing(Freeze, _COLUMNS)


def freeze(work: Work, account_id: str, cause: Cause, calendar: WorkingCalendar) -> Frozen:
    """Freezes the account, known or not. Frozen already: the report joins the case that stands."""
    drawn = new_reference(work.now)
    known, frozen, taken = _look(work, account_id, drawn)
    while not known:
        # Somebody erased it between its first statement and its lock.
        known, frozen, taken = _look(work, account_id, drawn)
    if frozen:
        return _report_again(work, account_id, cause, calendar)
    return _freeze(work, account_id, cause, calendar, None if taken else drawn)


def _freeze(
    work: Work, account_id: str, cause: Cause, calendar: WorkingCalendar, free_reference: str | None
) -> Frozen:
    freeze_id = new_id(work.now)
    case = cases.open_case(work, account_id, _report(cause, freeze_id), calendar, free_reference)
    made = Freeze(
        account_id=account_id,
        freeze_id=freeze_id,
        case_id=case.case_id,
        reason=cause.reason.value,
        later_reasons="",
        status=FreezeStatus.ACTIVE.value,
        frozen_at=work.now,
        frozen_by=work.actor.actor_id,
    )
    work.defer(
        _STORE(**{f"{name}_": getattr(made, name) for name in _COLUMNS}),
        FREEZE(frozen_account_id=account_id),
    )
    facts = {"reason": cause.reason.value, "channel": cause.channel.value, "case_id": str(case.case_id)}
    audit.record(work, account_id, "account.frozen", subject=str(freeze_id), facts=facts)
    told = {"freeze_id": str(freeze_id), "case_id": str(case.case_id), "reason": cause.reason.value}
    work.defer(
        outbox.owing(work, account_id, Kind.ACCOUNT_FROZEN, told),
        outbox.owing(work, account_id, Kind.SESSIONS_REVOKE, {"freeze_id": str(freeze_id)}),
    )
    return Frozen(made, case, created=True)


def _look(work: Work, account_id: str, reference: str) -> tuple[bool, bool, bool]:
    """Locks, and sees in the same round trip: is the account there, is it frozen, is the reference taken?

    It is made and locked before its chain is: everybody takes the two in this order. And locked before it is
    made: who waits here for an erasure to end begins with what it leaves.
    """
    _, _, locked, frozen, taken, *head = work.read(
        LOCK(account_id=account_id),
        created([account_id], work.now, work.dialect),
        LOCK(account_id=account_id),
        _LOOK(account_id=account_id),
        TAKEN(reference=reference),
        *audit.head(work, account_id),
    )
    audit.head_read(work, account_id, head)
    return bool(locked), bool(frozen), bool(taken)


def active(work: Work, account_id: str) -> Freeze | None:
    """The freeze that holds the account now; read it under the account's lock to act on it."""
    query = select(Freeze).where(Freeze.account_id == account_id, Freeze.status == FreezeStatus.ACTIVE.value)
    return work.session.scalar(query)


def last_freezes(work: Work, account_ids: Collection[str]) -> dict[str, datetime]:
    """When each of the accounts was frozen last, if ever; lifted or not."""
    rows = encode([[account_id] for account_id in account_ids], work.dialect)
    (found,) = work.read(_LAST(**{ROWS: rows}))
    return dict(found)


def ended_as_thefts(work: Work, account_ids: Collection[str]) -> set[uuid.UUID]:
    """The cases of these accounts whose freeze was lifted as the end of a theft."""
    given = given_rows(work.dialect.name, {"account_id": ACCOUNT_ID})
    query = select(Freeze.case_id).where(
        Freeze.account_id.in_(select(given.c.account_id)),
        Freeze.status == FreezeStatus.LIFTED.value,
        Freeze.suspected_since.is_not(None),
    )
    rows = encode([[account_id] for account_id in sorted(account_ids)], work.dialect)
    return set(work.session.scalars(query, {ROWS: rows}))


def listed(work: Work, account_id: str, wanted: PageRequest) -> tuple[list[Freeze], str | None]:
    """The account's freezes, newest first; raises `AccountUnknown`. The key is the id."""
    accounts.get(work, account_id)
    query = select(Freeze).where(Freeze.account_id == account_id)
    return newest(work, query, (Freeze.freeze_id,), wanted)


def erase(work: Work, account_id: str) -> None:
    """Deletes the account's freezes. What one of them left to do is kept as long as the tombstone."""
    work.session.execute(delete(Freeze).where(Freeze.account_id == account_id))


def _report(cause: Cause, freeze_id: uuid.UUID) -> Report:
    return Report(
        category=Category.SECURITY,
        channel=cause.channel,
        subject=Remark(Said.REPORTED, {"reason": cause.reason.value}),
        summary=cause.summary,
        priority=priority(cause.reason),
        freeze_id=freeze_id,
        alert_ids=[] if cause.alert_id is None else [cause.alert_id],
        device_ids=[] if cause.device_id is None else [cause.device_id],
    )


def _report_again(work: Work, account_id: str, cause: Cause, calendar: WorkingCalendar) -> Frozen:
    standing = active(work, account_id)
    if standing is None:
        raise LookupError(account_id)
    case = cases.lock_of_account(work, standing.account_id, standing.case_id)
    if cause.reason not in standing.reasons:
        standing.later_reasons = f"{standing.later_reasons} {cause.reason}".strip()
    changing.raise_priority(work, case, priority(cause.reason), calendar)
    cases.link(case, alert_id=cause.alert_id, device_id=cause.device_id)
    again = Remark(Said.REPORTED_AGAIN, {"reason": cause.reason.value, "channel": cause.channel.value})
    reported = [again] if cause.summary is None else [again, cause.summary]
    notes.add(work, case, *reported, internal=True, calendar=calendar)
    # Whoever asked to unfreeze did not know of this report, and may have been the thief.
    approvals.withdraw(
        work, standing.account_id, ApprovalKind.UNFREEZE, standing.freeze_id, Remark(Said.NEW_REPORT)
    )
    facts = {"reason": cause.reason.value, "channel": cause.channel.value, "case_id": str(case.case_id)}
    audit.record(
        work, standing.account_id, "freeze.reported_again", subject=str(standing.freeze_id), facts=facts
    )
    return Frozen(standing, case, created=False)
