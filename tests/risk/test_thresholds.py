"""What follows from a sum: each threshold belongs to what it begins."""

from dataclasses import replace
from typing import Any

import pytest

from secmon.risk.assess import MEDIUM_SHARE, Decision, RiskLevel, conclude, probability
from secmon.risk.policy import Policy
from secmon.risk.shipped import DEFAULT_POLICY
from secmon.risk.signals import Signal, SignalCode

AT = 1.0
BELOW = 0.999
STRANGE, HOSTILE = SignalCode.NEW_COUNTRY, SignalCode.AUTOMATION


def policy(**changes: Any) -> Policy:
    """Every threshold at `AT`, nobody told of anything."""
    told: dict[str, Any] = {"notify_decisions": frozenset(), "notify_signals": frozenset()}
    at: dict[str, Any] = dict.fromkeys(("challenge_at", "deny_at", "freeze_at"), probability(AT))
    return replace(DEFAULT_POLICY, **{"prior": 0.0, **at, **told, **changes})


@pytest.mark.parametrize(
    ("code", "weight", "decision", "freeze"),
    [
        (STRANGE, BELOW, Decision.ALLOW, False),
        (STRANGE, AT, Decision.CHALLENGE, False),
        (HOSTILE, BELOW, Decision.ALLOW, False),
        (HOSTILE, AT, Decision.DENY, True),
    ],
)
def test_a_score_at_a_threshold_has_reached_it(
    code: SignalCode, weight: float, decision: Decision, freeze: bool
):
    found = conclude([Signal(code, weight)], policy())
    assert (found.decision, found.freeze) == (decision, freeze)


@pytest.mark.parametrize("threshold", ["deny_at", "freeze_at"])
def test_hostility_below_a_threshold_does_not_do_what_that_begins(threshold: str):
    found = conclude([Signal(HOSTILE, AT)], policy(**{threshold: probability(AT) + 0.001}))
    assert (found.decision, found.freeze) != (Decision.DENY, True)


def test_the_level_is_high_from_the_challenge_on_and_medium_from_a_share_of_it():
    at = probability(AT)
    for share, level in ((1.0, "high"), (0.99, "medium"), (MEDIUM_SHARE + 0.01, "medium")):
        assert _level_of(at / share) == level
    assert _level_of(at / (MEDIUM_SHARE - 0.01)) == "low"


def _level_of(challenge_at: float) -> RiskLevel:
    return conclude([Signal(STRANGE, AT)], policy(challenge_at=challenge_at)).level


@pytest.mark.parametrize(
    ("chosen", "is_elsewhere", "is_told"),
    [
        ({}, False, False),
        ({}, True, True),
        ({"notify_signals": frozenset({STRANGE})}, False, True),
        ({"notify_signals": frozenset({HOSTILE})}, False, False),
        ({"notify_decisions": frozenset({Decision.CHALLENGE})}, False, True),
        ({"notify_decisions": frozenset({Decision.DENY})}, False, False),
    ],
)
def test_the_owner_is_told_of_each_thing_that_is_told_of_by_itself(
    chosen: dict[str, Any], is_elsewhere: bool, is_told: bool
):
    found = conclude([Signal(STRANGE, AT)], policy(**chosen, version=7), is_elsewhere=is_elsewhere)
    assert (found.notify, found.elsewhere, found.policy_version) == (is_told, is_elsewhere, 7)
    assert conclude([], policy()).elsewhere is False
