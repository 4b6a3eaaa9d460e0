"""Each attack written down: the steps that once broke its rule, on any account that has lived for a while."""

from __future__ import annotations

from collections.abc import Sequence

from tests.replays.contract import Rule
from tests.replays.walking import Step, step

OWNER, THIEF = "ins-owner", "ins-thief-1"

# An owner with both contacts, known for twenty days: longer than anybody is suspected for.
SETTLED = [
    step("put", email="li@example.com", phone="+8613812345678"),
    step("log_in", phone=OWNER),
    step("settle", back=0, outcome="passed"),
    step("wait", hours=480),
    step("log_in", phone=OWNER),
]
ENROLLED = [step("start"), step("confirm", back=0)]
THEFT = [step("freeze", reason="theft_reported")]
GIVEN_BACK = [step("check", back=0), step("ask_unfreeze"), step("decide", back=0)]

Story = tuple[Rule, Sequence[Step]]
STORIES: dict[str, Story] = {
    "A46 a known login of a frozen account": (
        Rule.FROZEN,
        [step("log_in", phone=OWNER), *THEFT, step("log_in_again", back=0), step("replay", back=1)],
    ),
    "A46 a known login of a frozen account, in a batch": (
        Rule.FROZEN,
        [step("log_in", phone=OWNER), *THEFT, step("batch", phone=THIEF, back=0)],
    ),
    "A46 a batch given again by its key": (
        Rule.FROZEN,
        [
            step("batch", manner="keyed", phone=OWNER, back=0),
            *THEFT,
            step("replay", back=0, of="post_login_events"),
        ],
    ),
    "A46 a login given again by its key": (
        Rule.FROZEN,
        [step("log_in", manner="keyed", phone=OWNER), *THEFT, step("replay", back=0, of="post_login_event")],
    ),
    "A46 a denied login told again after the unfreeze": (
        Rule.HOLDS_NOW,
        [*THEFT, step("log_in", phone=OWNER), *GIVEN_BACK, step("log_in_again", back=0)],
    ),
    "A46 a login whose challenge failed": (
        Rule.HOLDS_NOW,
        [step("log_in", phone=THIEF), step("settle", back=0, outcome="failed"), step("log_in_again", back=0)],
    ),
    "A47 a freeze given again after the unfreeze": (
        Rule.FROZEN,
        [step("freeze", manner="keyed"), *GIVEN_BACK, step("replay", back=0, of="freeze")],
    ),
    "A47 a freeze held back until after the unfreeze": (
        Rule.FROZEN,
        [step("freeze"), step("freeze", manner="held"), *GIVEN_BACK, step("late", back=0)],
    ),
    "A49 an event_id from another place": (
        Rule.SAME_CONTENT,
        [step("log_in", phone=OWNER), step("reuse_event_id", back=0), step("log_in_again", back=0)],
    ),
    "A49 an event_id from another place, in a batch": (
        Rule.SAME_CONTENT,
        [step("log_in", phone=OWNER), step("batch", phone=OWNER, back=0, reused=True)],
    ),
    "A50 a phone change under a password change's event_id": (
        Rule.SAME_CONTENT,
        [
            step("change", credential="password"),
            step("change_again", back=0),
            step("change_again", back=0, credential="phone"),
        ],
    ),
    "A51 a seed shown again when it is the factor": (
        Rule.SHOWN_ONCE,
        [
            step("start", manner="keyed"),
            step("confirm", back=0),
            step("replay", back=0, of="start_enrolment"),
        ],
    ),
    "A51 recovery codes shown again when they are dead": (
        Rule.SHOWN_ONCE,
        [
            step("start"),
            step("confirm", manner="keyed", back=0),
            step("renew", back=0),
            step("replay", back=0, of="confirm_enrolment"),
        ],
    ),
    "A51 a seed shown again after the erasure": (
        Rule.SHOWN_ONCE,
        [step("start", manner="keyed"), step("erase"), step("replay", back=0, of="start_enrolment")],
    ),
    "A51 a case shown again after the erasure": (
        Rule.SHOWN_ONCE,
        [
            step("open_case", manner="keyed"),
            step("close_cases"),
            step("erase"),
            step("replay", back=0, of="open_case"),
        ],
    ),
    "A01 a code taken twice": (
        Rule.TAKEN_ONCE,
        [
            *ENROLLED,
            step("verify", manner="at_once", kind="code", back=0),
            step("verify", manner="by_both", kind="recovery", back=0),
        ],
    ),
    "A53 the factor of before a theft": (
        Rule.THEFT,
        [*ENROLLED, *THEFT, *GIVEN_BACK, step("verify", kind="code", back=0)],
    ),
    "A54 a recovery code of before a theft": (
        Rule.THEFT,
        [*ENROLLED, *THEFT, *GIVEN_BACK, step("remove", kind="recovery", back=0)],
    ),
    "A55 the factor that the thief enrolled": (
        Rule.THEFT,
        [step("log_in", phone=THIEF), *ENROLLED, *THEFT, *GIVEN_BACK, step("start")],
    ),
    "A55 an enrolment that waited through the theft": (
        Rule.THEFT,
        [step("start"), *THEFT, *GIVEN_BACK, step("confirm", back=0)],
    ),
    "A56 a device that was learnt before the report": (
        Rule.DEVICES,
        [
            step("log_in", phone=THIEF),
            step("settle", back=0, outcome="passed"),
            *THEFT,
            *GIVEN_BACK,
            step("log_in", phone=THIEF),
        ],
    ),
    "A57 an alert of before the report": (
        Rule.DEVICES,
        [step("log_in", phone=THIEF), *THEFT, *GIVEN_BACK, step("answer", back=0, said="was_me")],
    ),
}
