"""Stored login events, newest first."""

from __future__ import annotations

import json
from typing import Any

from sqlalchemy import select, tuple_

from secmon.accounts import service as accounts
from secmon.core.pages import PageRequest, page
from secmon.core.work import Work
from secmon.logins.models import StoredLogin


def events(work: Work, account_id: str, wanted: PageRequest) -> tuple[list[dict[str, Any]], str | None]:
    """One page and the next cursor; raises `AccountUnknown`."""
    accounts.get(work, account_id)
    key = tuple_(StoredLogin.occurred_at, StoredLogin.event_id)
    query = select(StoredLogin).where(StoredLogin.account_id == account_id)
    if wanted.after is not None:
        query = query.where(key < wanted.after)
    newest = query.order_by(StoredLogin.occurred_at.desc(), StoredLogin.event_id.desc())
    rows = work.session.scalars(newest.limit(wanted.limit + 1)).all()
    shown, cursor = page(rows, wanted, lambda row: (row.occurred_at.isoformat(), row.event_id))
    return [_as_item(row) for row in shown], cursor


def _as_item(row: StoredLogin) -> dict[str, Any]:
    names = ("event_id", "occurred_at", "received_at", "outcome", "failure_reason", "ip", "user_agent")
    item: dict[str, Any] = {name: getattr(row, name) for name in (*names, "session_id", "channel")}
    item["challenge"], item["challenge_proven"] = row.challenge_outcome, row.challenge_proven
    item["imported"] = bool(row.imported)
    item["assessment"] = json.loads(row.assessment)
    return item
