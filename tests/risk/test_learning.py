"""Which logins become habit: a table over what was decided, and over what makes a login doubtful."""

import pytest

from secmon.risk.assess import Assessment, Decision, RiskLevel
from secmon.risk.learning import should_learn
from secmon.risk.signals import Signal, SignalCode

ON_REPORTED_DEVICE = Signal(SignalCode.REPORTED_BY_OWNER, 3.0, {"same": "device"})
ON_REPORTED_NETWORK = Signal(SignalCode.REPORTED_BY_OWNER, 3.0, {"same": "network"})
NEW_DEVICE = Signal(SignalCode.NEW_DEVICE, 1.0, {"same": "device"})
PROVEN = Signal(SignalCode.PROVEN, -2.0)


def assessment(*found: Signal, decision: Decision = Decision.ALLOW, elsewhere: bool = False) -> Assessment:
    return Assessment(0.1, -2.0, RiskLevel.LOW, decision, found, False, False, 1, elsewhere)


def is_learnt(found: Assessment, *, history: bool = False, copied: bool = False, stale: bool = False) -> bool:
    return should_learn(found, success=True, history=history, copied=copied, stale=stale)


@pytest.mark.parametrize(
    ("found", "copied"),
    [
        (assessment(elsewhere=True), False),
        (assessment(), True),
        (assessment(ON_REPORTED_DEVICE), False),
    ],
    ids=["elsewhere", "copied", "reported"],
)
def test_a_doubtful_login_that_was_let_in_is_learnt_only_where_it_is_proven(found: Assessment, copied: bool):
    proven = assessment(*found.signals, PROVEN, elsewhere=found.elsewhere)
    assert [is_learnt(one, copied=copied) for one in (found, proven)] == [False, True]


def test_only_the_device_that_its_owner_has_disowned_is_doubtful():
    """A carrier's network is shared, and another reason that names a device reports nothing."""
    for found in (assessment(ON_REPORTED_NETWORK), assessment(NEW_DEVICE)):
        assert is_learnt(found)


@pytest.mark.parametrize("decision", Decision)
def test_history_is_learnt_whatever_it_looks_like_but_not_what_its_owner_disowned(decision: Decision):
    assert is_learnt(assessment(NEW_DEVICE, decision=decision), history=True)
    assert not is_learnt(assessment(ON_REPORTED_NETWORK, decision=decision), history=True)


@pytest.mark.parametrize("found", [assessment(), assessment(PROVEN), assessment(PROVEN, elsewhere=True)])
def test_what_comes_in_late_is_history_or_teaches_nothing(found: Assessment):
    assert [is_learnt(found, stale=True, history=history) for history in (False, True)] == [False, True]


def test_only_a_proof_makes_a_challenged_login_a_habit():
    challenged = Decision.CHALLENGE
    assert is_learnt(assessment(PROVEN, decision=challenged))
    assert not is_learnt(assessment(NEW_DEVICE, decision=challenged))
    assert not is_learnt(assessment(PROVEN, decision=Decision.DENY))
