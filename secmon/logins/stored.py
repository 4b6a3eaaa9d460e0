"""Stored logins: newest first for people, oldest first to judge again, gone after a while."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime
from typing import Any, NamedTuple

from sqlalchemy import bindparam, func, literal_column, select, tuple_

from secmon.accounts import service as accounts
from secmon.core.pages import PageRequest
from secmon.database import pages
from secmon.database.retention import Expired, Purged, delete_selected, oldest, purged
from secmon.database.statements import Statement
from secmon.database.work import Work
from secmon.geo.place import Place
from secmon.logins import statements
from secmon.logins.event import FailureReason, LoginChannel, LoginEvent, LoginOutcome
from secmon.logins.models import FAILED, VOID, StoredLogin, StoredProfile
from secmon.risk.assess import Decision
from secmon.risk.network import network_of

# Trials read what is stored, and change nothing of it.
PastRow = StoredLogin

PAGE = 1000
# So many logins say where somebody lives: a month or two.
MOST_COMPARED = 100
# Counting more than this would take longer than knowing the number is worth.
MOST_COUNTED = 1_000_000


def event_of(stored: StoredLogin) -> LoginEvent:
    """What the wallet reported, its place as it was completed then."""
    return LoginEvent(
        event_id=stored.event_id,
        account_id=stored.account_id,
        occurred_at=stored.occurred_at.astimezone(UTC),
        outcome=LoginOutcome(stored.outcome),
        ip=stored.ip,
        user_agent=stored.user_agent,
        failure_reason=FailureReason(stored.failure_reason) if stored.failure_reason else None,
        device_id=stored.device_id,
        session_id=stored.session_id,
        channel=LoginChannel(stored.channel) if stored.channel else None,
        amr=tuple(stored.amr.split(",")) if stored.amr else (),
        place=Place.from_json(stored.place) if stored.place else None,
        imported=bool(stored.imported),
    )


class SessionLogin(NamedTuple):
    """What is asked of the login that a session began with."""

    assessment: str
    outcome: str
    decision: str
    challenge: str | None
    learnt: bool
    device_id: str | None
    user_agent: str
    ip: str
    received_at: datetime


# The latest login of a session, as `SessionLogin`; no row where there is none.
OF_SESSION = Statement(
    select(*(getattr(StoredLogin, name) for name in SessionLogin._fields))
    .where(
        StoredLogin.account_id == bindparam("account_id"),
        StoredLogin.session_id == bindparam("session_id"),
    )
    .order_by(StoredLogin.occurred_at.desc())
    .limit(literal_column("1"))
)


def networks_before(work: Work, account_id: str, before: datetime) -> list[str]:
    """The networks of the latest logins that were the owner's and came in before then."""
    query = (
        select(StoredLogin.ip)
        .where(StoredLogin.account_id == account_id, StoredLogin.learnt, StoredLogin.received_at < before)
        .order_by(StoredLogin.occurred_at.desc())
        .limit(MOST_COMPARED)
    )
    return [network_of(ip) for ip in work.session.scalars(query)]


def let_nobody_in(login: SessionLogin) -> bool:
    """It failed or was denied, its challenge failed, or a theft has ended what came of it."""
    refused = login.outcome != LoginOutcome.SUCCESS or login.decision == Decision.DENY
    return refused or login.challenge in {FAILED, VOID}


def newest(work: Work, account_id: str, wanted: PageRequest) -> tuple[list[dict[str, Any]], str | None]:
    """One page and the next cursor; raises `AccountUnknown`."""
    accounts.get(work, account_id)
    query = select(StoredLogin).where(StoredLogin.account_id == account_id)
    shown, cursor = pages.newest(work, query, (StoredLogin.occurred_at, StoredLogin.event_id), wanted)
    return [_as_item(row) for row in shown], cursor


def _as_item(row: StoredLogin) -> dict[str, Any]:
    names = ("event_id", "occurred_at", "received_at", "outcome", "failure_reason", "ip", "user_agent")
    item: dict[str, Any] = {name: getattr(row, name) for name in (*names, "session_id", "channel")}
    item["challenge"], item["challenge_proven"] = row.challenge_outcome, row.challenge_proven
    item["imported"] = bool(row.imported)
    item["place"] = _shown_place(row.place)
    item["assessment"] = json.loads(row.assessment)
    return item


def _shown_place(stored: str | None) -> dict[str, Any] | None:
    """Where the login came from and through which network, as far as staff need to see it."""
    if stored is None:
        return None
    place = Place.from_json(stored)
    return {
        name: getattr(place, name) for name in ("country", "region", "city", "asn", "anonymizer", "hosting")
    }


def accounts_after(work: Work, account_id: str, limit: int) -> list[str]:
    """The next accounts that ever logged in, in order."""
    following = select(StoredProfile.account_id).where(StoredProfile.account_id > account_id)
    return list(work.session.scalars(following.order_by(StoredProfile.account_id).limit(limit)))


def count_accounts(work: Work) -> int | None:
    """How many accounts ever logged in; None for more than a million."""
    some = select(StoredProfile.account_id).limit(MOST_COUNTED + 1).subquery()
    found = work.session.scalar(select(func.count()).select_from(some)) or 0
    return found if found <= MOST_COUNTED else None


def oldest_first(work: Work, account_id: str, until: datetime | None) -> Iterator[PastRow]:
    """The account's logins before `until`, in the order in which they happened; a page of them in memory."""
    key = tuple_(StoredLogin.occurred_at, StoredLogin.event_id)
    query = select(StoredLogin).where(StoredLogin.account_id == account_id)
    if until is not None:
        query = query.where(StoredLogin.occurred_at < until)
    query = query.order_by(StoredLogin.occurred_at, StoredLogin.event_id).limit(PAGE)
    stored = work.session.scalars(query).all()
    while stored:
        yield from stored
        last = stored[-1]
        work.session.expunge_all()
        stored = work.session.scalars(query.where(key > (last.occurred_at, last.event_id))).all()


EVENTS_AT_ONCE = 1_000
# Forgets what was made of these logins, by account and event.
Forget = Callable[[Work, Sequence[tuple[str, str]]], None]


def purge_events(work: Work, expired: Expired, forget: Forget) -> Purged:
    """Deletes the oldest events by when they came in, and has what others took from them forgotten.

    The profile has learnt what there was to learn, and stays. What the population has still to count waits.
    """
    chosen = oldest(StoredLogin, StoredLogin.received_at, expired, EVENTS_AT_ONCE).where(
        statements.is_counted()
    )
    gone = delete_selected(work, StoredLogin, chosen)
    forget(work, [(account_id, event_id) for account_id, event_id, _ in gone])
    return purged(gone)
