"""As `stories`: of who binds, vouches, approves and erases."""

from __future__ import annotations

from tests.replays.contract import Rule
from tests.replays.stories import ENROLLED, GIVEN_BACK, THEFT, THIEF, Story
from tests.replays.walking import step

STORIES_OF_PEOPLE: dict[str, Story] = {
    "A58 a first contact while frozen": (
        Rule.CONTACTS,
        [step("put", email=None), *THEFT, step("put", email="thief@example.net")],
    ),
    "A59 a number bound a moment ago": (
        Rule.YOUNG,
        [
            step("put", phone="+8613900000000"),
            step("open_case"),
            step("check", back=0, method="registered_phone"),
        ],
    ),
    "A59 a first contact moves no money": (
        Rule.YOUNG,
        [step("put", email=None), step("wait", hours=48), step("put", email="thief@example.net")],
    ),
    "A59 a change that is reported late": (
        Rule.YOUNG,
        [step("change", manner="held", credential="phone"), step("wait", hours=30), step("late", back=0)],
    ),
    "a password changed before the unfreeze, and reported late": (
        Rule.REQUIRED,
        [*THEFT, step("change", manner="held", credential="password"), *GIVEN_BACK, step("late", back=0)],
    ),
    "a password change dated ahead": (
        Rule.REQUIRED,
        [*THEFT, *GIVEN_BACK, step("change", credential="password", ahead=200)],
    ),
    "a password changed by the thief's phone": (
        Rule.REQUIRED,
        [
            step("log_in", phone=THIEF),
            *THEFT,
            *GIVEN_BACK,
            step("change", credential="password", phone=THIEF),
        ],
    ),
    "A60 password and mailbox against a factor": (
        Rule.LINK,
        [*ENROLLED, step("log_in", phone=THIEF), step("answer_by_link", back=0, said="was_me")],
    ),
    "A61 a failed challenge turned by a click": (
        Rule.LINK,
        [
            step("log_in", phone=THIEF),
            step("settle", back=0, outcome="failed"),
            step("answer_by_link", back=0, said="was_me"),
        ],
    ),
    "A62 a link to an address that was replaced": (
        Rule.LINK,
        [
            step("log_in", phone=THIEF),
            step("put", email="other@example.net"),
            step("answer_by_link", back=0, said="was_me"),
        ],
    ),
    "A63 an agent's was_me": (
        Rule.VOUCHED,
        [step("log_in", phone=THIEF), step("answer", back=0, said="was_me", person="agent")],
    ),
    "A64 an agent's trust": (Rule.VOUCHED, [step("trust", back=0, person="agent")]),
    "A64 an agent forgets the owner's phone": (Rule.VOUCHED, [step("forget", back=0, person="agent")]),
    "A65 an agent's first contact": (
        Rule.VOUCHED,
        [step("put", email=None), step("put", person="agent", email="thief@example.net")],
    ),
    "a check that was passed without evidence": (
        Rule.VOUCHED,
        [step("open_case"), step("check", back=0, evidence=False)],
    ),
    "a failed check passed by the same person": (
        Rule.VOUCHED,
        [*THEFT, step("check", back=0, passed=False), step("check", back=0), step("ask_unfreeze")],
    ),
    "a failed check passed by the same person on a second case": (
        Rule.VOUCHED,
        [
            step("open_case"),
            step("check", back=0, passed=False),
            step("wait", hours=1),
            step("open_case"),
            step("check", back=0),
            step("trust", back=0, person="agent", case=True),
        ],
    ),
    "a check passed before one failed on another case": (
        Rule.VOUCHED,
        [
            step("open_case"),
            *THEFT,
            step("check", back=0),
            step("wait", hours=1),
            step("check", back=1, person="supervisor", passed=False),
            step("ask_unfreeze"),
        ],
    ),
    "A66 an agent erases": (Rule.ERASED, [step("erase", person="agent")]),
    "A66 what was owed is owed after the erasure": (
        Rule.ERASED,
        [
            *THEFT,
            *GIVEN_BACK,
            step("close_cases"),
            step("erase"),
            step("put", locale="en"),
        ],
    ),
    "A67 approved by who asked, as another client": (
        Rule.SECOND_PERSON,
        [
            *THEFT,
            step("check", back=0),
            step("ask_unfreeze", person="supervisor"),
            step("decide", back=0, person="supervisor_again"),
        ],
    ),
    "A67 approved by who checked": (
        Rule.SECOND_PERSON,
        [*THEFT, step("check", back=0, person="deputy"), step("ask_unfreeze"), step("decide", back=0)],
    ),
    "A68 approved although a note came in between": (
        Rule.SECOND_PERSON,
        [
            *THEFT,
            step("check", back=0),
            step("ask_unfreeze"),
            step("decide", manner="held", back=0),
            step("note", back=0),
            step("late", back=0),
        ],
    ),
    "a careful day after the unfreeze": (
        Rule.UNFROZEN,
        [*THEFT, *GIVEN_BACK, step("change", credential="password"), step("wait", hours=23), step("dismiss")],
    ),
}
