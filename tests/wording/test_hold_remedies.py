"""Whatever stops somebody says why, what to do and which papers, in both languages."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from secmon.gate import sessions
from secmon.holds.rules import Trigger
from secmon.wording.hold_remedies import REMEDIES, most
from secmon.wording.languages import CHINESE, ENGLISH

HAN = re.compile(r"[\u4e00-\u9fff]")
SESSIONS = {sessions.ENDED, sessions.UNKNOWN, sessions.MOVED, sessions.UNPROVEN}
# What the gate finds besides, by its own source.
FOUND = set(
    re.findall(
        r'Finding\(Verdict\.\w+, "(\w+)"', (Path(sessions.__file__).parent / "deciding.py").read_text()
    )
)


def test_every_code_has_a_remedy_and_no_remedy_is_of_no_code() -> None:
    assert {"frozen", "action_required"} == FOUND
    assert set(REMEDIES) == {str(trigger) for trigger in Trigger} | SESSIONS | FOUND


@pytest.mark.parametrize("code", sorted(REMEDIES))
def test_each_is_said_in_both_languages(code: str) -> None:
    for english, chinese in (REMEDIES[code].reason, REMEDIES[code].steps, REMEDIES[code].papers):
        assert english
        assert not HAN.search(english)
        assert HAN.search(chinese)
    for sentence in (REMEDIES[code].steps, REMEDIES[code].papers):
        assert sentence[0].endswith(".")
        assert sentence[1].endswith("。")


def test_a_cap_is_said_as_people_say_it() -> None:
    cap = {"share": "0.05", "amount": "500", "currency": "CNY"}
    assert most(cap, ENGLISH) == "5 % of the balance, or 500 CNY where that is not known"
    assert most(cap, CHINESE) == "余额的 5%（余额未知时为 500 CNY）"
    assert most({"amount": "1000", "currency": "BRL"}, ENGLISH) == "1000 BRL"
    assert most({"share": "0.025"}, ENGLISH) == "2.5 % of the balance"
