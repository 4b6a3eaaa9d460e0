"""How easily is a password guessed? zxcvbn, taught the region's common passwords and the owner's own data.

Pure, and bounded in time and memory whatever it is given: zxcvbn itself is not.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from typing import Any

from zxcvbn import feedback, matching, scoring, time_estimates

from secmon.credentials.personal import spellings
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
