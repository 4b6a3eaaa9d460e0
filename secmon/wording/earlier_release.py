"""What the service wrote into cases before it stored codes: plain English, read back here and nowhere else.

Only for what no person can have written: whoever calls this knows that by the row itself (a freeze's own
subject, a note or a refusal of somebody who is no person). A person may write the very same words, and is
shown them as written.
"""

from __future__ import annotations

import re

from secmon.wording.case_texts import REMARKS, SUBJECTS, Remark, Said, told
from secmon.wording.languages import language_of

_REPORTED_AGAIN = re.compile(r"Reported again: (?P<subject>.+) \((?P<channel>\w+)\)\.")
_DENIED = re.compile(r"The owner denies the login from (?P<device>.+) \((?P<ip>[^()\s]+)\)\.")
_REASONS = {english: reason for reason, (english, _) in SUBJECTS.items()}
_WITHDRAWN = {
    REMARKS[said][0]: said
    for said in (Said.NEW_REPORT, Said.ANOTHER_DAY, Said.RESET_ALREADY, Said.WENT_WITH_UNFREEZE)
}


def in_words(text: str, locale: str) -> str:
    """Such a text in a language, line by line; what is not known again stays English."""
    language = language_of(locale)
    return "\n".join(_line(line, language) for line in text.split("\n"))


def _line(line: str, language: int) -> str:
    remark = _remark(line)
    return line if remark is None else told(remark, language)


def _remark(line: str) -> Remark | None:
    if line in _REASONS:
        return Remark(Said.REPORTED, {"reason": _REASONS[line]})
    if line in _WITHDRAWN:
        return Remark(_WITHDRAWN[line])
    if again := _REPORTED_AGAIN.fullmatch(line):
        reason = _REASONS.get(again["subject"], again["subject"])
        return Remark(Said.REPORTED_AGAIN, {"reason": reason, "channel": again["channel"]})
    if denied := _DENIED.fullmatch(line):
        return Remark(Said.LOGIN_DENIED, denied.groupdict())
    return None
