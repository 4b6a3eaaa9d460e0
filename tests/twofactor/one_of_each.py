"""A second factor's life that leaves nothing out: what happens, and what it is answered."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from tests.cases.model import Expected
from tests.happenings import Happening

DONE, STARTED, ASKED, REMOVED = (200, ""), (201, ""), (202, ""), (204, "")
REJECTED, LOCKED, DISABLED = (403, "code_rejected"), (429, "factor_locked"), (403, "factor_disabled")


def _when(method: str, *answered: Expected, **arguments: Any) -> tuple[Happening, set[Expected]]:
    return (method, arguments), set(answered)


def _a_step_later() -> tuple[Happening, set[Expected]]:
    return _when("wait", by=timedelta(seconds=30))


ONE_OF_EACH = [
    _when("ask_reset", (409, "no_factor"), person="agent", passed=True),
    _when("verify", REJECTED, kind="wrong", back=0),
    _when("start", STARTED),
    _when("confirm", REJECTED, back=0, kind="wrong"),
    _when("start", STARTED),
    _when("confirm", (404, "enrolment_unknown"), back=1, kind="0"),
    _when("confirm", DONE, back=0, kind="-1"),
    _when("start", (409, "factor_active")),
    _when("verify", REJECTED, kind="replayed", back=0),
    _when("verify", DONE, kind="0", back=0),
    _when("verify", REJECTED, kind="-1", back=0),
    _when("verify", DONE, kind="recovery", back=0),
    _when("verify", REJECTED, kind="recovery", back=0),
    _a_step_later(),
    _when("renew", DONE, kind="0"),
    _when("verify", REJECTED, kind="recovery", back=12),
    _when("ask_reset", (409, "identity_unverified"), person="agent", passed=False),
    _when("ask_reset", ASKED, person="supervisor", passed=True),
    _when("decide_reset", (403, "insufficient_scope"), person="agent", approves=True, back=0),
    _when("decide_reset", (403, "second_person_required"), person="supervisor", approves=True, back=0),
    _when("decide_reset", DONE, person="deputy", approves=False, back=0),
    _when("decide_reset", (409, "already_decided"), person="deputy", approves=True, back=0),
    _when("guess", REJECTED, LOCKED, rounds=2),
    _when("guess_for_days", failures=94),
    _when("verify", REJECTED, kind="wrong", back=0),
    _when("verify", LOCKED, kind="0", back=0),
    _when("verify", DONE, kind="recovery", back=0),
    _when("verify", DONE, kind="0", back=0),
    _when("guess_for_days", failures=99),
    _when("verify", REJECTED, kind="wrong", back=0),
    _when("verify", DISABLED, kind="0", back=0),
    _when("verify", DONE, kind="recovery", back=1),
    _when("verify", DISABLED, kind="0", back=0),
    _when("ask_reset", ASKED, person="agent", passed=True),
    _when("remove", DISABLED, kind="0", back=0),
    _when("remove", REMOVED, kind="recovery", back=2),
    _when("enrol", STARTED, DONE),
    _when("decide_reset", (409, "no_factor"), person="deputy", approves=True, back=0),
    _when("ask_reset", ASKED, person="agent", passed=True),
    _when("wait", by=timedelta(days=1)),
    _when("decide_reset", (409, "identity_unverified"), person="deputy", approves=True, back=0),
    _when("ask_reset", ASKED, person="agent", passed=True),
    _when("decide_reset", DONE, person="supervisor", approves=True, back=0),
    _when("verify", REJECTED, kind="0", back=0),
    _when("start", STARTED),
    _when("wait", by=timedelta(minutes=10)),
    _when("confirm", (404, "enrolment_unknown"), back=0, kind="0"),
]
