"""Recovery codes: random, readable, matched as people type them."""

from __future__ import annotations

import re
import unicodedata

import pytest

from secmon.twofactor.recovery_codes import CODES, digest, matching, new_codes, new_key


def test_a_set_is_ten_different_codes_of_80_bits_in_groups() -> None:
    codes = new_codes()
    assert len(set(codes)) == CODES == 10
    # Sixteen characters out of 32: 80 bits.
    assert all(re.fullmatch(r"[A-Z2-7]{4}(-[A-Z2-7]{4}){3}", code) for code in codes)


def test_no_code_comes_twice() -> None:
    many = [code for _ in range(200) for code in new_codes()]
    assert len(set(many)) == len(many)


@pytest.mark.parametrize(
    "typed", ["OIIO-ABCD-2345-WXYZ", "oiio abcd 2345 wxyz", "oiioabcd2345wxyz", "0110-ABCD-2345-WXYZ"]
)
def test_a_code_is_read_as_people_type_it(typed: str) -> None:
    key = new_key()
    assert digest(key, typed) == digest(key, "OIIOABCD2345WXYZ")


@pytest.mark.parametrize(
    "typed", ["\u0131IIO-ABCD-2345-WXYZ", "IIIO-ABCD-2345-W\u017fYZ", "\uff29IIO-ABCD-2345-WXYZ"]
)
def test_what_only_looks_like_a_code_is_none(typed: str) -> None:
    key = new_key()
    assert digest(key, typed) != digest(key, unicodedata.normalize("NFKC", typed).upper())


def test_another_code_does_not_match() -> None:
    key = new_key()
    unused = [digest(key, code) for code in new_codes()]
    assert matching(digest(key, "AAAA-AAAA-AAAA-AAAA"), unused) is None
    assert matching(unused[7], unused) == unused[7]


def test_a_hash_is_worth_nothing_under_another_key() -> None:
    assert digest(new_key(), "AAAA") != digest(new_key(), "AAAA")
