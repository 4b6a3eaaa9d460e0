"""How easily is a password guessed? zxcvbn, taught the region's common passwords and the owner's own data.

Pure, and bounded in time and memory whatever it is given: zxcvbn itself is not.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from importlib.resources import files
from typing import Any

from zxcvbn import feedback, matching, scoring, time_estimates

from secmon.wording.password_advice import NOT_SEEN, PERSONAL, TOO_SHORT

# NIST SP 800-63B-4 §3.1.1.2, for a password beside a second factor.
SHORTEST = 8
# "Safely unguessable: moderate protection from an offline attack" (zxcvbn's scale of 0 to 4).
LEAST_SCORE = 3
# Time grows with the square of the length, and what makes a password good shows long before this.
SEEN = 72
# zxcvbn tries every way to read symbols as letters: 20 of them take it ten seconds.
MOST_READINGS = 16
# One symbol for each letter; what is read alike stays alike.
_FEWER_SYMBOLS = str.maketrans("@{[<|!$+", "4(((1157")
_SHARED = "17|"

Dictionaries = Mapping[str, Mapping[str, int]]
_YEAR_FIRST = re.compile(r"(\d{4})[-/.年 ]?(\d{1,2})[-/.月 ]?(\d{1,2})日?", re.ASCII)
_YEAR_LAST = re.compile(r"(\d{1,2})[-/. ]?(\d{1,2})[-/. ]?(\d{4})", re.ASCII)
_PHONE = re.compile(r"\+?[\d ()-]{7,}", re.ASCII)
_MOBILE_WITH_COUNTRY = re.compile(r"86(1\d{10})", re.ASCII)
_BETWEEN_NAMES = re.compile(r"[\s,.'’·-]+")
_SHORTEST = 2


@dataclass(frozen=True, slots=True)
class Strength:
    """`score` 0 to 4; warnings and suggestions are what `wording.password_advice` puts into words."""

    acceptable: bool
    score: int
    warnings: Sequence[str]
    suggestions: Sequence[str]


def judge(password: str, user_inputs: Sequence[str]) -> Strength:
    """Judges the first `SEEN` characters; `user_inputs` are what is known of the owner."""
    # A dictionary of one's own: zxcvbn's function would keep the owner's data in one that all calls share.
    dictionaries = {**_common(), "user_inputs": matching.build_ranked_dict(spellings(user_inputs))}
    score, sequence = _guessed(_bounded(password[:SEEN]), dictionaries)
    personal = any(map(_is_personal, sequence))
    if personal:
        # zxcvbn takes a name and a birthday with a dash between for three strange words.
        rest = "".join(match["token"] for match in sequence if not _is_personal(match))
        score = min(score, _guessed(rest, dictionaries)[0] if rest else 0)
    said = feedback.get_feedback(score, sequence)
    warnings = [said["warning"]] if said["warning"] else []
    if personal and score < LEAST_SCORE:
        warnings.insert(0, PERSONAL)
    suggestions = list(said["suggestions"])
    if len(password) < SHORTEST:
        suggestions.insert(0, TOO_SHORT)
    if len(password) > SEEN:
        suggestions.append(NOT_SEEN)
    return Strength(score >= LEAST_SCORE and len(password) >= SHORTEST, score, warnings, suggestions)


def _guessed(password: str, dictionaries: Dictionaries) -> tuple[int, Sequence[Mapping[str, Any]]]:
    """zxcvbn's score, and the parts that it takes the password for."""
    found = scoring.most_guessable_match_sequence(password, matching.omnimatch(password, dictionaries))
    score: int = time_estimates.estimate_attack_times(found["guesses"])["score"]
    return score, found["sequence"]


def _is_personal(match: Mapping[str, Any]) -> bool:
    # Two letters may stand together by chance.
    return match.get("dictionary_name") == "user_inputs" and len(match["token"]) > 2


def _bounded(password: str) -> str:
    """The password, its symbols folded where they could be read as letters in too many ways."""
    table = matching.relevant_l33t_subtable(password, matching.L33T_TABLE)
    readings = math.prod(len(symbols) for symbols in table.values())
    readings *= 2 ** sum(symbol in password for symbol in _SHARED)
    return password.translate(_FEWER_SYMBOLS) if readings > MOST_READINGS else password


@lru_cache(maxsize=1)
def _common() -> dict[str, Any]:
    """zxcvbn's dictionaries, with the passwords that are common in this region among the passwords."""
    listed = files("secmon.credentials").joinpath("common_passwords.txt").read_text("utf-8").split()
    ranked: dict[str, int] = {**matching.RANKED_DICTIONARIES["passwords"]}
    for rank, word in enumerate(listed, 1):
        ranked[word] = min(rank, ranked.get(word, rank))
    return {**matching.RANKED_DICTIONARIES, "passwords": ranked}


def spellings(inputs: Iterable[str]) -> list[str]:
    """Each input as it is and as it is usually written, lower case, each once, the likeliest first."""
    found = (spelling for text in inputs for spelling in _spellings(text.strip().lower()))
    return list(dict.fromkeys(one for one in found if len(one) >= _SHORTEST))


def _spellings(text: str) -> Iterator[str]:
    yield text
    born = _birthday(text)
    if born is not None:
        yield from _of_date(born)
    elif _PHONE.fullmatch(text):
        yield from _of_phone(re.sub(r"\D", "", text))
    elif "@" in text:
        yield from _of_name(text.partition("@")[0])
    else:
        yield from _of_name(text)


def _birthday(text: str) -> date | None:
    """The date that `text` spells: year first, as here, or last; None where it spells none."""
    first, last = _YEAR_FIRST.fullmatch(text), _YEAR_LAST.fullmatch(text)
    candidates = []
    if first:
        candidates.append(first.groups())
    if last:
        one, other, year = last.groups()
        candidates += [(year, other, one), (year, one, other)]
    for year, month, day in candidates:
        try:
            born = date(int(year), int(month), int(day))
        except ValueError:
            continue
        if 1900 <= born.year < 2100:
            return born
    return None


def _of_date(born: date) -> Iterator[str]:
    year, short, month, day = f"{born:%Y}", f"{born:%y}", f"{born:%m}", f"{born:%d}"
    for whole in (year, short):
        yield from (whole + month + day, day + month + whole, month + day + whole)
        yield from (f"{whole}{mark}{month}{mark}{day}" for mark in "-/.")
        yield f"{whole}{born.month}{born.day}"
    yield f"{year}-{born.month}-{born.day}"
    yield f"{year}年{born.month}月{born.day}日"
    yield from (month + day, day + month, year, year + month)


def _of_phone(digits: str) -> Iterator[str]:
    mobile = _MOBILE_WITH_COUNTRY.fullmatch(digits)
    number = mobile[1] if mobile else digits
    yield digits
    yield number
    yield from (number[-length:] for length in (8, 7, 6, 4))


def _of_name(name: str) -> Iterator[str]:
    """Pinyin or any other letters: `zhang wei` → zhangwei, weizhang, zhang, wei, zw."""
    parts = [part for part in _BETWEEN_NAMES.split(name) if part]
    if len(parts) > 1:
        yield from ("".join(parts), "".join(reversed(parts)), "".join(part[0] for part in parts))
        yield from parts
