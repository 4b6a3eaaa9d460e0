"""The service freezes by itself, where the policy says from which score on: in the login's transaction."""

from __future__ import annotations

import uuid
from typing import Any

from secmon.cases.states import CaseChannel
from secmon.core.working_time import WorkingCalendar
from secmon.database.work import Work
from secmon.freezes import service as freezes
from secmon.freezes.reasons import FreezeReason
from secmon.logins.event import LoginEvent
from secmon.wording.case_texts import Remark, Said


def freeze(work: Work, event: LoginEvent, answer: dict[str, Any], calendar: WorkingCalendar) -> None:
    """Freezes the account of a login that was answered so; its row is locked by the caller."""
    device, risk, alert_id = answer["device"], answer["risk"], answer["alert_id"]
    facts = {
        "event_id": event.event_id,
        "device": device["label"],
        "ip": event.ip,
        "score": str(risk["score"]),
        "policy": str(risk["policy_version"]),
    }
    cause = freezes.Cause(
        FreezeReason.SUSPICIOUS_ACTIVITY,
        CaseChannel.AUTOMATIC,
        summary=Remark(Said.LOGIN_SCORED, facts),
        alert_id=None if alert_id is None else uuid.UUID(alert_id),
        device_id=device["device_id"],
    )
    freezes.freeze(work, event.account_id, cause, calendar)
