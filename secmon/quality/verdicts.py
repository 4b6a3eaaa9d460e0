"""Staff say whose a login was, on a case: it leads over whatever else is said of that login."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from datetime import datetime
from enum import StrEnum

from sqlalchemy import delete, select

from secmon.audit import service as audit
from secmon.cases import identity
from secmon.cases import service as cases
from secmon.cases.staff import require_staff
from secmon.database.retention import Expired, Purged, delete_selected, oldest, purged
from secmon.database.work import Work
from secmon.logins import teaching
from secmon.quality.models import LoginVerdict

PURGED_AT_ONCE = 1_000


class Truth(StrEnum):
    """Whose a login was."""

    OWNER = "owner"
    TAKEOVER = "takeover"


def put(work: Work, account_id: str, event_id: str, truth: Truth, case_id: uuid.UUID) -> LoginVerdict:
    """The verdict, in the place of an earlier one. It changes nothing of what the account is judged by.

    That it was the owner is believed on a case whose identity check is good; that it was not, on any case of
    the account. Raises `StaffRequired`, `EventUnknown`, `CaseUnknown`, `IdentityUnverified`.
    """
    require_staff(work)
    _, stored = teaching.locked(work, account_id, event_id)
    if truth is Truth.OWNER:
        identity.require_identity(work, account_id, case_id)
    elif cases.get(work, case_id).account_id != account_id:
        raise cases.CaseUnknown
    verdict = work.session.merge(
        LoginVerdict(
            account_id=account_id,
            event_id=event_id,
            verdict=truth.value,
            case_id=case_id,
            received_at=stored.received_at,
            decided_at=work.now,
            decided_by=work.actor.actor_id,
        )
    )
    facts = {"verdict": truth.value, "case_id": str(case_id)}
    audit.record(work, account_id, "login.verdict_given", subject=event_id, facts=facts)
    return verdict


def between(work: Work, since: datetime, until: datetime, most: int) -> Iterator[tuple[str, str, Truth]]:
    """The verdicts on the first logins that came in at that time: account, event, truth."""
    query = (
        select(LoginVerdict.account_id, LoginVerdict.event_id, LoginVerdict.verdict)
        .where(LoginVerdict.received_at >= since, LoginVerdict.received_at < until)
        .order_by(LoginVerdict.received_at)
        .limit(most)
    )
    for account_id, event_id, verdict in work.session.execute(query):
        yield account_id, event_id, Truth(verdict)


def purge(work: Work, expired: Expired) -> Purged:
    """Deletes the verdicts on the oldest logins: they are kept as long as those are."""
    chosen = oldest(LoginVerdict, LoginVerdict.received_at, expired, PURGED_AT_ONCE)
    return purged(delete_selected(work, LoginVerdict, chosen))


def erase(work: Work, account_id: str) -> None:
    """Deletes what was said of the account's logins. The counts of weeks name no account, and stay."""
    work.session.execute(delete(LoginVerdict).where(LoginVerdict.account_id == account_id))
