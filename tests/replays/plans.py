"""Walks that chance draws: a spine that gets far, with anything else in between, in any manner.

Each act leaves out nothing of the API that concerns an account; which operation is walked by which act is
asked by a test, so that a new operation is walked too.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from typing import Any

from tests.replays.stories import ENROLLED, GIVEN_BACK, OWNER, SETTLED, THEFT, THIEF
from tests.replays.walking import Step, step

OTHER_THIEF, NEXT_PHONE = "ins-thief-2", "ins-owner-2"
PHONES = (OWNER, NEXT_PHONE, THIEF, OTHER_THIEF)
DESK = ("agent", "supervisor", "deputy")
DECIDING = ("deputy", "deputy", "supervisor", "supervisor_again")
ANYBODY = ("wallet", "wallet", "other_wallet", "agent")
REASONS = ("theft_reported", "theft_reported", "device_lost", "owner_request", "suspicious_activity")
MAILS = ("li@example.com", "li.wei@example.org", "thief@example.net", None)
HOURS = (0.01, 0.2, 1, 5, 23, 25, 49, 80, 400)
MANNERS = (
    *("once",) * 8,
    *("keyed", "keyed", "keyed_twice", "twice", "at_once", "keyed_at_once", "by_both", "held", "held"),
)
ON_THE_WAY = (*("once",) * 8, "keyed", "keyed", "keyed_twice", "twice", "at_once", "by_both")

# The owner does again what a theft took away, and everything is as it was a day later.
HONEST = [
    step("verify", kind="code", back=0),
    step("change", credential="password"),
    step("start"),
    step("confirm", back=0),
    step("wait", hours=26),
    step("log_in", phone=OWNER),
]
SPINES: Sequence[Sequence[Step]] = (
    [*ENROLLED, step("log_in", phone=THIEF), step("answer", back=0, said="not_me"), *GIVEN_BACK, *HONEST],
    [
        step("log_in", phone=THIEF),
        step("settle", back=0, outcome="passed"),
        *ENROLLED,
        *THEFT,
        *GIVEN_BACK,
        *HONEST,
    ],
    [
        *ENROLLED,
        step("batch", phone=OWNER, back=0),
        *THEFT,
        *GIVEN_BACK,
        step("remove", kind="recovery", back=0),
    ],
    [step("freeze", reason="owner_request"), *GIVEN_BACK, step("close_cases"), step("erase"), *SETTLED[:2]],
    [
        *ENROLLED,
        step("open_case"),
        step("check", back=0),
        step("ask_reset"),
        step("decide", back=0),
        *ENROLLED,
    ],
    [
        step("put", email="li.wei@example.org"),
        step("change", credential="phone"),
        step("compromise"),
        *HONEST,
    ],
    [
        step("log_in", phone=THIEF),
        step("answer_by_link", back=0, said="was_me"),
        *THEFT,
        *GIVEN_BACK,
        *HONEST,
    ],
    [
        *THEFT,
        step("check", back=0, person="deputy"),
        step("ask_unfreeze", person="supervisor"),
        step("decide", back=0, person="supervisor_again"),
        step("decide", manner="held", back=0),
        step("note", back=0),
        step("late", back=0),
        step("check", back=0),
        step("decide", back=0),
        step("change", credential="password", ahead=200),
        step("change", credential="password", phone=THIEF),
        *HONEST,
    ],
    [step("close_cases"), step("wait", hours=200), step("erase"), *SETTLED[:3], step("wait", hours=26)],
)

Draw = Callable[[random.Random], dict[str, Any]]
# Weight, act, and what it is given.
ACTS: Sequence[tuple[int, str, Draw]] = (
    (4, "log_in", lambda r: {"phone": r.choice(PHONES), "person": r.choice(("wallet", "other_wallet"))}),
    (5, "log_in_again", lambda r: {"back": _back(r)}),
    (3, "reuse_event_id", lambda r: {"back": _back(r)}),
    (3, "batch", lambda r: {"phone": r.choice(PHONES), "back": _back(r), "reused": r.random() < 0.4}),
    (1, "assess", lambda r: {"phone": r.choice(PHONES)}),
    (3, "settle", lambda r: {"back": _back(r), "outcome": r.choice(("passed", "passed", "failed"))}),
    (
        2,
        "answer",
        lambda r: {"back": _back(r), "said": _said(r), "person": r.choice(ANYBODY), "case": _rarely(r)},
    ),
    (2, "answer_by_link", lambda r: {"back": _back(r), "said": _said(r)}),
    (3, "freeze", lambda r: {"reason": r.choice(REASONS), "person": r.choice(ANYBODY)}),
    (2, "ask_unfreeze", lambda r: {"person": r.choice(DESK)}),
    (1, "ask_reset", lambda r: {"person": r.choice(DESK)}),
    (3, "decide", lambda r: {"back": _back(r), "person": r.choice(DECIDING)}),
    (1, "decide", lambda r: {"back": _back(r), "person": r.choice(DECIDING), "verdict": "refuse"}),
    (1, "open_case", lambda _: {}),
    (1, "note", lambda r: {"back": _back(r)}),
    (3, "check", lambda r: {"back": _back(r), "person": r.choice(DESK), "passed": r.random() < 0.7}),
    (1, "check", lambda r: {"back": 0, "method": f"registered_{r.choice(('phone', 'email'))}"}),
    (
        1,
        "step",
        lambda r: {"back": _back(r), "status": r.choice(("investigating", "waiting_on_owner", "resolved"))},
    ),
    (2, "start", lambda _: {}),
    (2, "confirm", lambda r: {"back": _back(r)}),
    (5, "verify", lambda r: {"kind": _kind(r), "back": _back(r), "of_login": r.random() < 0.3}),
    (1, "renew", lambda r: {"back": _back(r)}),
    (1, "remove", lambda r: {"kind": _kind(r), "back": _back(r)}),
    (3, "change", lambda r: {"credential": _credential(r), "phone": r.choice(PHONES), "ahead": _ahead(r)}),
    (2, "change_again", lambda r: {"back": _back(r), "credential": r.choice((None, _credential(r)))}),
    (1, "compromise", lambda _: {}),
    (1, "dismiss", lambda _: {}),
    (1, "check_password", lambda _: {}),
    (2, "put", lambda r: {"email": r.choice(MAILS), "person": r.choice(ANYBODY), "case": _rarely(r)}),
    (1, "put", lambda r: {"phone": f"+86139000000{r.randrange(10, 12)}", "person": r.choice(ANYBODY)}),
    (2, "trust", lambda r: {"back": _back(r), "person": r.choice(ANYBODY), "case": _rarely(r)}),
    (1, "forget", lambda r: {"back": _back(r), "person": r.choice(ANYBODY), "case": _rarely(r)}),
    (1, "erase", lambda r: {"person": r.choice(ANYBODY)}),
    (1, "ask_erasure", lambda r: {"person": r.choice(DESK)}),
    (1, "decide_erasure", lambda r: {"back": _back(r), "person": r.choice(DESK)}),
    (6, "wait", lambda r: {"hours": r.choice(HOURS)}),
    (8, "late", lambda r: {"back": _back(r)}),
    (8, "replay", lambda r: {"back": r.randrange(12), "keyed": r.random() < 0.6}),
)
_WEIGHTS = [weight for weight, *_ in ACTS]


def drawn(seed: int) -> list[Step]:
    """The walk of that seed: the same one in every run."""
    chance = random.Random(seed)
    steps = list(SETTLED)
    for one in (SPINES[seed % len(SPINES)], chance.choice(SPINES)):
        for straight in one:
            steps.append(Step(straight.act, straight.arguments, _manner(chance, straight.act, ON_THE_WAY)))
            while chance.random() < 0.45:
                steps.append(_any(chance))
    return steps


def _any(chance: random.Random) -> Step:
    (found,) = chance.choices(ACTS, _WEIGHTS)
    _, act, draw = found
    return Step(act, draw(chance), _manner(chance, act, MANNERS))


def _manner(chance: random.Random, act: str, manners: Sequence[str]) -> str:
    return "once" if act in {"wait", "late", "replay", "close_cases"} else chance.choice(manners)


def _back(chance: random.Random) -> int:
    return chance.choice((0, 0, 0, 1, 1, 2, 3))


def _rarely(chance: random.Random) -> bool:
    return chance.random() < 0.3


def _said(chance: random.Random) -> str:
    return chance.choice(("was_me", "was_me", "not_me"))


def _kind(chance: random.Random) -> str:
    return chance.choice(("code", "code", "recovery"))


def _credential(chance: random.Random) -> str:
    return chance.choice(("password", "password", "phone", "email"))


def _ahead(chance: random.Random) -> int:
    return chance.choice((0, 0, 0, -3600, -90_000, 200))
