"""The answer to a login, as `api` clients read it: decision, reasons, device, what to do."""

from __future__ import annotations

from typing import Any

from secmon.devices.labels import label
from secmon.logins.judgement import Judgement
from secmon.logins.known import Known
from secmon.risk.assess import Decision
from secmon.risk.explain import detail

SECOND_FACTOR = "second_factor"


def compose(
    judgement: Judgement, known: Known, locale: str, *, event_id: str | None, alert_id: str | None
) -> dict[str, Any]:
    """The answer's JSON object, sentences in `locale`."""
    assessment = judgement.assessment
    decision = judgement.decision
    key = judgement.recognised.device_key or ""
    used = known.device(key)
    actions = [SECOND_FACTOR] if decision is Decision.CHALLENGE else []
    return {
        "event_id": event_id,
        "account_id": judgement.login.account_id,
        "decision": decision,
        "risk": {
            "score": round(assessment.score, 4),
            "level": assessment.level,
            "policy_version": assessment.policy_version,
            "signals": [
                {"code": signal.code, "weight": round(signal.weight, 2), "detail": detail(signal, locale)}
                for signal in assessment.signals
            ],
        },
        "device": {
            "device_id": key,
            "recognition": judgement.recognised.recognition,
            "trusted": judgement.login.trusted_device,
            "label": (used and used.label) or label(judgement.traits, locale),
        },
        "required_actions": actions + [action for action in known.required_actions if action not in actions],
        "standing": known.standing,
        "alert_id": alert_id,
    }
