"""How good is a password? Judged in bounded time, with what is common here and what is known of the owner."""

from __future__ import annotations

import ast
import random
import time
from datetime import timedelta
from pathlib import Path

import pytest
from zxcvbn import feedback, matching

from secmon.credentials import strength
from secmon.credentials.strength import spellings
from secmon.wording import password_advice as advice
from secmon.wording.password_advice import NOT_SEEN, PERSONAL, TOO_SHORT

LI_HUA = ["1990-01-05", "Li Hua", "+8613812345678", "lihua.90@example.com"]
# Far more than one takes; zxcvbn left to itself takes ten seconds for some of these.
LONGEST = timedelta(seconds=1)


@pytest.mark.parametrize(
    "password",
    ["woaini1314", "5201314520", "qq123456789", "1qaz2wsx", "Woaini1314", "w0aini1314", "4131iniaow",
     "iloveyou", "password1", "aaaaaaaaaa", "qwertyuiop", "19900105", "123456789"],
)  # fmt: skip
def test_what_is_common_here_is_not_acceptable(password: str) -> None:
    judged = strength.judge(password, ())
    assert not judged.acceptable
    assert judged.warnings


@pytest.mark.parametrize(
    "password",
    ["19900105", "900105lihua", "lihua1990", "Lihua@0105", "hua13812345678", "12345678lihua", "05011990lh",
     "1990.01.05", "lihua.90", "Hua-Li_13812345678"],
)  # fmt: skip
def test_what_is_known_of_the_owner_is_not_acceptable(password: str) -> None:
    judged = strength.judge(password, LI_HUA)
    assert not judged.acceptable
    assert PERSONAL in judged.warnings


@pytest.mark.parametrize(
    "password", ["correct horse battery staple", "xk9#mQ2v!pLr", "苹果树下读三本旧书", "tvrdohlavy-kaktus-82"]
)
def test_what_nobody_guesses_is_acceptable(password: str) -> None:
    judged = strength.judge(password, LI_HUA)
    assert (judged.acceptable, judged.warnings) == (True, [])


def test_a_name_in_a_password_that_is_good_without_it_does_not_matter() -> None:
    assert strength.judge("lihua correct horse battery", LI_HUA).acceptable


def test_short_is_never_acceptable() -> None:
    judged = strength.judge("x#9Qv!Z", ())
    assert not judged.acceptable
    assert judged.suggestions[0] == TOO_SHORT


def test_one_owners_data_is_not_held_against_another() -> None:
    strange = "Qorvathulian77"
    known = strength.judge(strange, [strange])
    assert not known.acceptable
    assert strength.judge(strange, ()).acceptable
    assert "user_inputs" not in matching.RANKED_DICTIONARIES


def test_a_long_password_is_judged_by_its_beginning_and_this_is_said() -> None:
    judged = strength.judge("a" * 72 + "xk9#mQ2v!pLr", ())
    assert not judged.acceptable
    assert judged.suggestions[-1] == NOT_SEEN
    assert NOT_SEEN not in strength.judge("a" * 72, ()).suggestions


def hostile() -> list[str]:
    drawn = random.Random(7)
    alphabets = ["4@8({[<3691!|07$5+%2", "0123456789", "ab1!47", "4@", "1|7!", "a我"]
    blocks = ["".join(drawn.choices(letters, k=size)) for letters in alphabets for size in (9, 36, 256)]
    return [(block * 30)[:256] for block in blocks]


def test_time_is_bounded_whatever_is_asked() -> None:
    strength.judge("warm", ())
    for password in hostile():
        started = time.process_time()
        strength.judge(password, [password[:100]] * 20)
        assert timedelta(seconds=time.process_time() - started) < LONGEST, password


def test_a_birthday_is_known_in_its_usual_spellings() -> None:
    known = spellings(["1990-01-05"])
    for spelling in ("19900105", "900105", "05011990", "01051990", "0105", "1990", "1990/01/05", "199015"):
        assert spelling in known


@pytest.mark.parametrize(
    "text", ["19900105", "1990/1/5", "1990年1月5日", "05.01.1990", "5-1-1990", "1990.01.05"]
)
def test_a_birthday_may_be_told_in_any_of_them(text: str) -> None:
    assert {"19900105", "900105"} <= set(spellings([text]))


def test_a_phone_is_known_without_its_country_and_by_its_end() -> None:
    assert {"8613812345678", "13812345678", "12345678", "5678"} <= set(spellings(["+86 138-1234-5678"]))


def test_a_name_is_known_in_either_order_and_by_its_initials() -> None:
    assert {"zhangwei", "weizhang", "zhang", "wei", "zw"} <= set(spellings(["Zhang Wei"]))


@pytest.mark.parametrize("text", ["", " ", "9999-99-99", "0000000", "@", "-", "é", "1" * 100])
def test_whatever_is_told_of_an_owner_breaks_nothing(text: str) -> None:
    strength.judge("woaini1314", [text])


def test_every_sentence_exists_in_chinese() -> None:
    source = ast.parse(Path(feedback.__file__).read_text("utf-8"))
    said = {
        call.args[0].value
        for call in ast.walk(source)
        if isinstance(call, ast.Call) and isinstance(call.func, ast.Name) and call.func.id == "_"
        and isinstance(call.args[0], ast.Constant)
    }  # fmt: skip
    assert len(said) > 20
    assert said == set(advice.CHINESE_OF_ZXCVBN)
    assert {PERSONAL, TOO_SHORT, NOT_SEEN} == set(advice.OURS)
