"""A hold as owners and staff are shown it, and on the timeline."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import select

from secmon.core.money import Cap
from secmon.database.work import Work
from secmon.holds.models import PAYEES, Hold
from secmon.rooms.entries import Before, Entry, TimelineSource, earlier
from secmon.wording import hold_remedies, timeline_sentences

# An owner's own lock has no end of its own.
NEVER = datetime(9999, 1, 1, tzinfo=UTC)


def shown(hold: Hold, locale: str) -> dict[str, Any]:
    """Its members as the API has them."""
    kind, _, about = hold.subject.partition(":")
    return {
        "hold_id": hold.hold_id,
        "trigger": hold.trigger,
        "reason": hold_remedies.reason(hold.trigger, locale),
        "actions": hold.actions.split(),
        "cap": hold.cap,
        "payee": about if kind == "payee" else None,
        "begun_at": hold.begun_at,
        "until": None if hold.until >= NEVER else hold.until,
        "remedy": remedy(hold, locale),
        "ended_at": hold.ended_at,
        "ended_by": hold.ended_by,
    }


def remedy(hold: Hold, locale: str) -> dict[str, Any]:
    """What to do, with which papers, and what lifts it."""
    waits = [] if hold.until >= NEVER else ["wait"]
    return {
        "steps": hold_remedies.steps(hold.trigger, locale),
        "papers": hold_remedies.papers(hold.trigger, locale),
        "lifts": [*hold.lifted_by.split(), *waits, "support"],
    }


def told(reason: str, news: Sequence[Hold]) -> dict[str, Any]:
    """What the message of holds that began with one thing says."""
    capped = [hold for hold in news if hold.cap is not None]
    until = max(hold.until for hold in news)
    return {
        "reason": str(reason),
        "actions": sorted({action for hold in news for action in hold.actions.split()}),
        "above_cap": sorted({action for hold in capped for action in hold.actions.split()}),
        "cap": capped[0].cap if capped else None,
        "until": None if until >= NEVER else until.isoformat(),
        "lifted_by": sorted({lift for hold in news for lift in hold.lifted_by.split()}),
        "hold_ids": [str(hold.hold_id) for hold in news],
    }


def begun(work: Work, account_id: str, before: Before | None, limit: int) -> list[Entry]:
    """The account's holds for its timeline, newest first."""
    query = select(Hold).where(
        Hold.account_id == account_id,
        Hold.subject != PAYEES,
        earlier(Hold.begun_at, Hold.hold_id, before, uuid.UUID),
    )
    newest = query.order_by(Hold.begun_at.desc(), Hold.hold_id.desc()).limit(limit)
    return [_entry(hold) for hold in work.session.scalars(newest)]


HOLDS = TimelineSource("holds", begun)


def _entry(hold: Hold) -> Entry:
    said = timeline_sentences.held(hold.trigger, hold.actions.split(), has_cap=hold.cap is not None)
    facts = {
        "hold_id": str(hold.hold_id),
        "trigger": hold.trigger,
        "actions": hold.actions.split(),
        "cap": None if hold.cap is None else Cap.of(hold.cap).stored(),
        "until": None if hold.until >= NEVER else hold.until.isoformat(),
    }
    return Entry(hold.begun_at, str(hold.hold_id), "hold", said, facts)
