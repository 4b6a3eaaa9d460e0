"""An account's life that leaves nothing out: what happens, and all that it is answered."""

from __future__ import annotations

from datetime import timedelta

from secmon.freezes.reasons import FreezeReason
from tests.happenings import when

OK, CREATED, ASKED, GONE = (200, ""), (201, ""), (202, ""), (204, "")
NOW = timedelta(0)

ONE_OF_EACH = [
    when("erase", (404, "account_unknown")),
    when("enrol_anew", OK),
    when("a_stranger_logs_in", CREATED),
    when("freeze", CREATED, person="wallet", reason=FreezeReason.THEFT_REPORTED),
    when("freeze", OK, person="agent", reason=FreezeReason.DEVICE_LOST),
    when("enrol_anew", (409, "account_frozen")),
    when("erase", (409, "legal_hold")),
    when("ask_unfreeze", (403, "staff_required"), person="wallet", which="its own", back=0, calls_back=False),
    when("ask_unfreeze", (409, "identity_unverified"), person="agent", which="any", back=0, calls_back=False),
    when("check", CREATED, back=0, person="agent", passed=False),
    when("check", (403, "second_person_required"), back=0, person="agent", passed=True),
    when("ask_unfreeze", (422, "invalid_fields"), person="agent", which="foreign", back=0, calls_back=True),
    when("ask_unfreeze", CREATED, ASKED, person="supervisor", which="its own", back=0, calls_back=True),
    when("decide", (403, "insufficient_scope"), person="agent", approves=True, foreign=False, back=0),
    when(
        "decide", (403, "second_person_required"), person="supervisor", approves=True, foreign=False, back=0
    ),
    when("decide", (404, "request_unknown"), person="deputy", approves=True, foreign=True, back=0),
    when("decide", OK, person="deputy", approves=False, foreign=False, back=0),
    when("ask_unfreeze", CREATED, ASKED, person="agent", which="its own", back=0, calls_back=True),
    when("freeze", OK, person="wallet", reason=FreezeReason.THEFT_REPORTED),
    when("decide", (409, "already_decided"), person="deputy", approves=True, foreign=False, back=0),
    when("ask_unfreeze", CREATED, ASKED, person="agent", which="its own", back=0, calls_back=True),
    when("wait", by=timedelta(days=1)),
    when("decide", (409, "identity_unverified"), person="deputy", approves=True, foreign=False, back=0),
    when("check", CREATED, back=0, person="agent", passed=True),
    when(
        "decide",
        (412, "case_changed"),
        person="deputy",
        approves=True,
        foreign=False,
        back=0,
        stale=True,
    ),
    when("decide", OK, person="deputy", approves=True, foreign=False, back=0),
    when("ask_unfreeze", (409, "not_frozen"), person="agent", which="any", back=0, calls_back=False),
    when("change", CREATED, credential="password", age=NOW, on_case=False),
    when("answer", (409, "alert_closed"), back=0, said="was_me"),
    when("change", CREATED, credential="phone", age=NOW, on_case=False),
    when("wait", by=timedelta(days=1)),
    when("enrol_anew", (403, "enrolment_closed")),
    when("change", (409, "identity_unverified"), credential="password", age=NOW, on_case=True),
    when("check", CREATED, back=0, person="agent", passed=True),
    when("enrol_anew", OK),
    when("change", CREATED, credential="password", age=NOW, on_case=True),
    when("compromise", OK),
    when("step", CREATED, (409, "bad_transition"), back=0, wanted="closed", stale=False),
    when("step", CREATED, (412, "version_stale"), back=0, wanted="investigating", stale=True),
    when("enrol_anew", GONE, OK),
    when("a_stranger_logs_in", CREATED),
    when("answer", OK, back=0, said="was_me"),
    when("answer", (409, "alert_answered"), back=0, said="not_me"),
    when("a_stranger_logs_in", CREATED),
    when("answer", OK, back=0, said="not_me"),
    when("check", CREATED, back=1, person="agent", passed=False),
    when("check", (403, "second_person_required"), back=0, person="agent", passed=True),
    when("check", CREATED, back=0, person="supervisor", passed=True),
    when(
        "ask_unfreeze",
        (409, "identity_unverified"),
        person="agent",
        which="its own",
        back=0,
        calls_back=False,
    ),
    when("wait", by=timedelta(seconds=1)),
    when("close_and_erase", OK, CREATED, ASKED, GONE),
    when("erase", (404, "account_unknown")),
    when("answer", (404, "alert_unknown"), back=0, said="was_me"),
]
