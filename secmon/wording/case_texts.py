"""What the service itself writes into cases: subjects, notes, why a request was withdrawn.

Stored are a code and its facts (`said`), and told in the language of whoever reads. The English stands beside
them, for a release that does not know the code. What a person wrote has no code, and is shown as written.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from secmon.wording import hold_remedies
from secmon.wording.codes import in_words
from secmon.wording.languages import LOCALES, Words, language_of


class Said(StrEnum):
    """What can be said."""

    # Of what a case is, and what is reported on it.
    REPORTED = "reported"
    REPORTED_AGAIN = "reported_again"
    LOGIN_DENIED = "login_denied"
    LOGIN_SCORED = "login_scored"
    APPEALED = "appealed"
    # Why a request was refused without anybody's decision.
    NEW_REPORT = "new_report"
    ANOTHER_DAY = "another_day"
    RESET_ALREADY = "reset_already"
    WENT_WITH_UNFREEZE = "went_with_unfreeze"


@dataclass(frozen=True, slots=True)
class Remark:
    """One thing that the service says, with the facts that its words name."""

    said: Said
    facts: Mapping[str, str] = field(default_factory=dict)


# A `str` is a person's own words.
Part = Remark | str

REMARKS: Mapping[Said, Words] = {
    Said.REPORTED: ("{subject}", "{subject}"),
    # The English is what the release before this one knows again: the channel as a code.
    Said.REPORTED_AGAIN: (
        "Reported again: {subject} ({channel}).",
        "再次报告：{subject}（{channel_in_words}）。",
    ),
    Said.LOGIN_DENIED: (
        "The owner denies the login from {device} ({ip}).",
        "用户否认来自 {device}（{ip}）的登录。",
    ),
    Said.LOGIN_SCORED: (
        "The login {event_id} from {device} ({ip}) scored {score} under policy {policy}.",
        "来自 {device}（{ip}）的登录 {event_id} 按策略 {policy} 评分为 {score}。",
    ),
    Said.APPEALED: ("Appeal against a hold: {hold_in_words}", "对限制的申诉：{hold_in_words}"),
    Said.NEW_REPORT: ("A new report came in.", "收到新的报告。"),
    Said.ANOTHER_DAY: ("Asked for anew, with another day.", "已按另一日期重新申请。"),
    Said.RESET_ALREADY: ("The factor was reset on another request.", "双重验证已按另一申请重置。"),
    Said.WENT_WITH_UNFREEZE: ("The factor was taken away with the unfreeze.", "双重验证已随解冻解除。"),
}
# A freeze's reason, as the subject of its case.
SUBJECTS: Mapping[str, Words] = {
    "theft_reported": ("Account reported stolen", "账户被报告失窃"),
    "unfamiliar_device": ("Login from an unfamiliar device", "陌生设备登录"),
    "suspicious_activity": ("Suspicious activity", "可疑活动"),
    "device_lost": ("Device lost", "设备遗失"),
    "owner_request": ("Frozen at the owner's request", "应用户本人要求冻结"),
    "legal_order": ("Frozen by legal order", "依司法要求冻结"),
}


@dataclass(frozen=True, slots=True)
class Written:
    """A text as it is stored: in English, and as JSON what of it the service says; None where nothing is."""

    text: str
    said: str | None


def written(*parts: Part) -> Written:
    """The parts, a line each."""
    if all(isinstance(part, str) for part in parts):
        return Written(_text(parts, 0), None)
    return Written(_text(parts, 0), json.dumps([_stored(part) for part in parts], ensure_ascii=False))


def shown(text: str, said: str | None, locale: str) -> str:
    """A stored text for whoever reads; in English where a later release said what is not known here."""
    parts = None if said is None else _read(said)
    return text if parts is None else _text(parts, language_of(locale))


def told(remark: Remark, language: int) -> str:
    """What the service says, in words."""
    facts = defaultdict(str, remark.facts)
    if reason := remark.facts.get("reason"):
        facts["subject"] = SUBJECTS[reason][language] if reason in SUBJECTS else reason
    facts["hold_in_words"] = hold_remedies.reason(facts["hold"], LOCALES[language])
    facts["channel_in_words"] = in_words(facts["channel"], language)
    return REMARKS[remark.said][language].format_map(facts)


def _text(parts: tuple[Part, ...], language: int) -> str:
    return "\n".join(part if isinstance(part, str) else told(part, language) for part in parts)


def _stored(part: Part) -> dict[str, str]:
    return {"words": part} if isinstance(part, str) else {"said": part.said, **part.facts}


def _read(said: str) -> tuple[Part, ...] | None:
    parts: list[Part] = []
    for stored in json.loads(said):
        code = stored.pop("said", None)
        if code is None:
            parts.append(stored["words"])
        elif code in set(Said):
            parts.append(Remark(Said(code), stored))
        else:
            return None
    return tuple(parts)
