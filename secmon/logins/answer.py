"""The answer to a login, as the wallet reads it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo

from secmon.devices.labels import label
from secmon.logins.account_state import AccountState
from secmon.logins.judgement import Judgement
from secmon.risk.assess import Decision
from secmon.sealing.install_ids import InstallIds
from secmon.wording.reasons import Told, detail

SECOND_FACTOR = "second_factor"


@dataclass(frozen=True, slots=True)
class Telling:
    """In which language, by whose clock, and what devices are shown as."""

    locale: str
    zone: ZoneInfo
    installs: InstallIds


def compose(
    judgement: Judgement,
    known: AccountState,
    telling: Telling,
    *,
    event_id: str | None,
    sent_proof: bool = False,
) -> dict[str, Any]:
    """The answer's JSON object; nobody is told of the login yet."""
    assessment = judgement.assessment
    decision = judgement.decision
    key = judgement.recognised.device_key or ""
    device = known.memory.device(key)
    name = label(judgement.traits, telling.locale)
    told = Told(name, judgement.login.occurred_at, telling.zone)
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
                {
                    "code": signal.code,
                    "weight": round(signal.weight, 2),
                    "detail": detail(signal, telling.locale, told),
                }
                for signal in assessment.signals
            ],
        },
        "device": {
            "device_id": key,
            "reference": telling.installs.shown(key),
            "proof": _proof(judgement, sent=sent_proof),
            "recognition": judgement.recognised.recognition,
            "trusted": judgement.login.trusted_device,
            "label": (device and device.label) or name,
        },
        "required_actions": actions + [action for action in known.required_actions if action not in actions],
        "standing": known.standing,
        "alert_id": None,
    }


def _proof(judgement: Judgement, *, sent: bool) -> str | None:
    if judgement.proof is not None:
        return "accepted"
    return "refused" if sent else None
