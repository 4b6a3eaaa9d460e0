"""Logins on a case's timeline, and their erasure."""

from __future__ import annotations

import json
from typing import Any

from sqlalchemy import delete, select

from secmon.database.work import Work
from secmon.logins import population
from secmon.logins.event import LoginOutcome
from secmon.logins.models import EntryMark, FailureMark, RareValue, StoredLogin, StoredProfile, Uncounted
from secmon.rooms.entries import Before, Entry, TimelineSource, earlier
from secmon.wording import timeline_sentences


def logins(work: Work, account_id: str, before: Before | None, limit: int) -> list[Entry]:
    """The account's login events, newest first."""
    query = select(StoredLogin).where(
        StoredLogin.account_id == account_id,
        earlier(StoredLogin.occurred_at, StoredLogin.event_id, before, str),
    )
    newest = query.order_by(StoredLogin.occurred_at.desc(), StoredLogin.event_id.desc()).limit(limit)
    return [_of_login(stored) for stored in work.session.scalars(newest)]


LOGINS = TimelineSource("logins", logins)


def erase(work: Work, account_id: str) -> None:
    """Removes the account's events, its profile and what is counted of them."""
    # First what waits to be counted: a worker that counts it now leaves it among the rare values.
    population.hold(work)
    for table in (Uncounted, RareValue, FailureMark, EntryMark, StoredLogin, StoredProfile):
        work.session.execute(delete(table).where(table.account_id == account_id))


def _of_login(stored: StoredLogin) -> Entry:
    answer: dict[str, Any] = json.loads(stored.assessment)
    device, risk = answer["device"], answer["risk"]
    facts = {
        "event_id": stored.event_id,
        "outcome": stored.outcome,
        "ip": stored.ip,
        "device_id": device["device_id"],
        "device": device["label"],
        "recognition": device["recognition"],
        "decision": stored.decision,
        "score": risk["score"],
        "signals": [signal["code"] for signal in risk["signals"]],
        "challenge": stored.challenge_outcome,
    }
    decision = stored.decision if stored.outcome == LoginOutcome.SUCCESS else None
    said = timeline_sentences.login(device["label"], _city(stored), stored.ip, decision=decision)
    return Entry(stored.occurred_at, stored.event_id, "login", said, facts)


def _city(stored: StoredLogin) -> str:
    place: dict[str, Any] = json.loads(stored.place) if stored.place else {}
    return place.get("city") or place.get("country") or ""
