"""What this service writes into cases, in both languages.

Texts that it writes into cases (a subject, a note, a reason) are stored in English, and told in Chinese
where a sentence is. What people wrote is told as they wrote it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from secmon.wording.codes import in_words

SUBJECTS: Mapping[str, str] = {
    "Account reported stolen": "账户被报告失窃",
    "Login from an unfamiliar device": "陌生设备登录",
    "Suspicious activity": "可疑活动",
    "Device lost": "设备遗失",
    "Frozen at the owner's request": "应用户本人要求冻结",
    "Frozen by legal order": "依司法要求冻结",
}
_REPORTED_AGAIN = re.compile(r"Reported again: (.+) \((\w+)\)\.")
_DENIED = re.compile(r"The owner denies the login from (.+) \(([^()\s]+)\)\.")
# Why a request was refused by itself.
WITHDRAWN: Mapping[str, str] = {
    "A new report came in.": "收到新的报告。",
    "Asked for anew, with another day.": "已按另一日期重新申请。",
    "The factor was reset on another request.": "双重验证已按另一申请重置。",
    "The factor was taken away with the unfreeze.": "双重验证已随解冻解除。",
}


def told(text: str, language: int) -> str:
    """A stored text: in Chinese line by line, where this service wrote it."""
    return "\n".join(map(_in_chinese, text.split("\n"))) if language else text


def _in_chinese(line: str) -> str:
    if again := _REPORTED_AGAIN.fullmatch(line):
        return f"再次报告：{SUBJECTS.get(again[1], again[1])}（{in_words(again[2], 1)}）。"
    if denied := _DENIED.fullmatch(line):
        return f"用户否认来自 {denied[1]}（{denied[2]}）的登录。"
    return SUBJECTS.get(line) or WITHDRAWN.get(line, line)
