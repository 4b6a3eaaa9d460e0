"""A second factor's life that leaves nothing out: what happens, and what it is answered."""

from __future__ import annotations

from datetime import timedelta

from tests.cases.model import Expected
from tests.happenings import Happening, when

DONE, STARTED, ASKED, REMOVED = (200, ""), (201, ""), (202, ""), (204, "")
REJECTED, LOCKED, DISABLED = (403, "code_rejected"), (429, "factor_locked"), (403, "factor_disabled")


def _a_step_later() -> tuple[Happening, set[Expected]]:
    return when("wait", by=timedelta(seconds=30))


ONE_OF_EACH = [
    when("ask_reset", (409, "no_factor"), person="agent", passed=True),
    when("verify", REJECTED, kind="wrong", back=0),
    when("start", STARTED),
    when("confirm", REJECTED, back=0, kind="wrong"),
    when("start", STARTED),
    when("confirm", (404, "enrolment_unknown"), back=1, kind="0"),
    when("confirm", DONE, back=0, kind="-1"),
    when("start", (409, "factor_active")),
    when("verify", REJECTED, kind="replayed", back=0),
    when("verify", DONE, kind="0", back=0),
    when("verify", REJECTED, kind="-1", back=0),
    when("verify", DONE, kind="recovery", back=0),
    when("verify", REJECTED, kind="recovery", back=0),
    _a_step_later(),
    when("renew", DONE, kind="0"),
    when("verify", REJECTED, kind="recovery", back=12),
    when("ask_reset", (409, "identity_unverified"), person="agent", passed=False),
    when("ask_reset", ASKED, person="supervisor", passed=True),
    when("decide_reset", (403, "insufficient_scope"), person="agent", approves=True, back=0),
    when("decide_reset", (403, "second_person_required"), person="supervisor", approves=True, back=0),
    when("decide_reset", DONE, person="deputy", approves=False, back=0),
    when("decide_reset", (409, "already_decided"), person="deputy", approves=True, back=0),
    when("guess", REJECTED, LOCKED, rounds=2),
    when("guess_for_days", failures=94),
    when("verify", REJECTED, kind="wrong", back=0),
    when("verify", LOCKED, kind="0", back=0),
    when("verify", DONE, kind="recovery", back=0),
    when("verify", DONE, kind="0", back=0),
    when("guess_for_days", failures=99),
    when("verify", REJECTED, kind="wrong", back=0),
    when("verify", DISABLED, kind="0", back=0),
    when("verify", DONE, kind="recovery", back=1),
    when("verify", DISABLED, kind="0", back=0),
    when("ask_reset", ASKED, person="agent", passed=True),
    when("remove", DISABLED, kind="0", back=0),
    when("remove", REMOVED, kind="recovery", back=2),
    when("enrol", STARTED, DONE),
    when("decide_reset", (409, "no_factor"), person="deputy", approves=True, back=0),
    when("ask_reset", ASKED, person="agent", passed=True),
    when("wait", by=timedelta(days=1)),
    when("decide_reset", (409, "identity_unverified"), person="deputy", approves=True, back=0),
    when("ask_reset", ASKED, person="agent", passed=True),
    when("decide_reset", DONE, person="supervisor", approves=True, back=0),
    when("verify", REJECTED, kind="0", back=0),
    when("start", STARTED),
    when("wait", by=timedelta(minutes=10)),
    when("confirm", (404, "enrolment_unknown"), back=0, kind="0"),
]
