"""Alerts on a case's timeline. What the owner answered is told by the audit."""

from __future__ import annotations

import uuid

from sqlalchemy import select

from secmon.alerts.models import Alert
from secmon.database.work import Work
from secmon.rooms.entries import Before, Entry, TimelineSource, earlier
from secmon.wording import timeline_sentences


def raised(work: Work, account_id: str, before: Before | None, limit: int) -> list[Entry]:
    """The account's alerts, newest first."""
    query = select(Alert).where(
        Alert.account_id == account_id, earlier(Alert.raised_at, Alert.alert_id, before, uuid.UUID)
    )
    newest = query.order_by(Alert.raised_at.desc(), Alert.alert_id.desc()).limit(limit)
    return [_of_alert(alert) for alert in work.session.scalars(newest)]


ALERTS = TimelineSource("alerts", raised)


def _of_alert(alert: Alert) -> Entry:
    said = timeline_sentences.alert(alert.device_label, alert.ip)
    facts = {
        "alert_id": str(alert.alert_id),
        "event_id": alert.event_id,
        "device_id": alert.device_key,
        "answer": alert.answer,
    }
    return Entry(alert.raised_at, str(alert.alert_id), "alert", said, facts)
