from dataclasses import replace
from datetime import timedelta

import pytest

from secmon.risk.assess import Decision, RiskLevel, probability
from secmon.risk.learning import should_learn
from secmon.risk.login import Recognition, Tallies
from secmon.risk.policy import Policy
from secmon.risk.profile import Profile
from secmon.risk.shipped import DEFAULT_POLICY
from tests.risk.factories import IN_LAGOS, NOW, habits, judged, login

STRANGER = login(recognition=Recognition.NEW, device_key="ins-9", model="PHM110", brand="OPPO", **IN_LAGOS)


def test_the_score_is_the_logistic_of_prior_and_terms():
    found = judged(STRANGER, habits())
    assert found.log_odds == pytest.approx(DEFAULT_POLICY.prior + sum(term.weight for term in found.signals))
    assert found.score == pytest.approx(probability(found.log_odds))


def test_the_heaviest_reason_comes_first():
    weights = [abs(term.weight) for term in judged(STRANGER, habits()).signals]
    assert weights == sorted(weights, reverse=True)


def test_an_ordinary_login_is_allowed():
    found = judged(login(), habits())
    assert (found.decision, found.level, found.notify) == (Decision.ALLOW, RiskLevel.LOW, False)


def test_a_stranger_far_away_is_challenged_and_the_owner_told():
    found = judged(STRANGER, habits())
    assert (found.decision, found.level, found.notify) == (Decision.CHALLENGE, RiskLevel.HIGH, True)


@pytest.mark.parametrize(
    "changes", [{}, IN_LAGOS, {"anonymizer": True}, {"named_install": False, "client": "Chrome"}]
)
def test_a_first_login_is_not_challenged_for_being_first(changes):
    first = login(recognition=Recognition.FIRST, **changes)
    assert judged(first, Profile()).decision is Decision.ALLOW


def test_a_first_login_is_not_challenged_for_a_recovery_just_before():
    profile = Profile()
    profile.note_credential_change(NOW - timedelta(minutes=5), "password", "recovery")
    assert judged(login(recognition=Recognition.FIRST), profile).decision is Decision.ALLOW


def test_a_first_login_from_a_suspicious_source_is_challenged_all_the_same():
    first = login(recognition=Recognition.FIRST)
    found = judged(first, Profile(), tallies=Tallies(failed_accounts_by_ip=40))
    assert found.decision is not Decision.ALLOW


@pytest.mark.parametrize("logins", [1, 10, 200])
def test_a_mismatched_device_is_challenged_and_alone_never_denied(logins):
    clone = login(recognition=Recognition.MISMATCHED, device_key="traits:1", model="PHM110")
    somewhere = {"ip": "192.0.2.1", "network": "192.0.2.0/24"}
    changed = login(recognition=Recognition.MISMATCHED, device_key="traits:1", model="PHM110", **somewhere)
    assert judged(changed, habits(logins)).decision is Decision.CHALLENGE
    assert judged(clone, habits(logins)).decision is not Decision.DENY


def test_no_strangeness_denies_only_hostility_does():
    everything_strange = login(
        recognition=Recognition.MISMATCHED, device_key="x", model="PHM110", hosting=True, **IN_LAGOS
    )
    assert judged(everything_strange, habits()).decision is Decision.CHALLENGE
    stuffing = judged(everything_strange, habits(), tallies=Tallies(failed_accounts_by_ip=40))
    assert stuffing.decision is Decision.DENY


@pytest.mark.parametrize(
    ("at", "logins"),
    [
        (login(), 30),
        (login(recognition=Recognition.NEW, device_key="x", model="PHM110"), 30),
        (login(recognition=Recognition.MISMATCHED, device_key="x", model="PHM110"), 30),
        (login(recognition=Recognition.FIRST), 0),
        (login(recognition=Recognition.FIRST, hosting=True, **IN_LAGOS), 0),
    ],
)
def test_what_others_fail_at_an_address_denies_nobody_by_itself(at, logins):
    """However much it weighs: an address may be a town's. The most that follows is a challenge."""
    document = DEFAULT_POLICY.to_document()
    document["signals"]["source_under_suspicion"] = 40.0
    policy = Policy.from_document(document)
    found = judged(at, habits(logins), tallies=Tallies(failed_accounts_by_ip=40), policy=policy)
    assert found.decision is Decision.CHALLENGE


def test_freezing_is_off_unless_the_policy_turns_it_on():
    tallies = Tallies(failed_accounts_by_ip=40)
    assert not judged(STRANGER, habits(), tallies=tallies).freeze
    policy = Policy.from_document(DEFAULT_POLICY.to_document() | {"freeze_at": 0.995})
    assert judged(STRANGER, habits(), tallies=tallies, policy=policy).freeze
    assert not judged(STRANGER, habits(), policy=policy).freeze


def test_a_login_that_is_let_in_freezes_nothing():
    """Hostility leaves out what the handset says: where that speaks for the owner, the score is lower."""
    sure = {"challenge_at": 1.0, "deny_at": 1.0, "freeze_at": 1.0, "prior": 0.0, "features": {}}
    signals = {"signals": {"automation": 50, "mismatched_device": -50}}
    policy = Policy.from_document(DEFAULT_POLICY.to_document() | sure | signals)
    found = judged(login(automation=True, recognition=Recognition.MISMATCHED), habits(), policy=policy)
    assert (found.decision, found.freeze) == (Decision.ALLOW, False)


def test_the_owner_is_told_of_what_the_policy_names():
    told = DEFAULT_POLICY.to_document() | {"notify": {"decisions": ["deny"], "signals": ["new_country"]}}
    policy = Policy.from_document(told)
    assert judged(login(country="NG"), habits(), policy=policy).notify
    assert not judged(login(recognition=Recognition.NEW, asn=1), habits(), policy=policy).notify


def test_a_login_is_learnt_when_allowed_proven_or_old():
    allowed, challenged = judged(login(), habits()), judged(STRANGER, habits())
    proven = judged(login(amr=("pwd", "otp"), recognition=Recognition.MISMATCHED, **IN_LAGOS), habits())
    assert should_learn(allowed, success=True, history=False)
    assert should_learn(challenged, success=True, history=True)
    assert should_learn(proven, success=True, history=False)
    assert not should_learn(challenged, success=True, history=False)
    assert not should_learn(allowed, success=False, history=False)
    assert not any(
        should_learn(found, success=True, history=True, frozen=True) for found in (allowed, proven)
    )


def test_a_denied_login_is_not_learnt_whatever_it_came_with():
    strict = Policy.from_document(DEFAULT_POLICY.to_document() | {"challenge_at": 0.0, "deny_at": 0.0})
    denied = judged(login(amr=("pwd", "otp"), automation=True), habits(), policy=strict)
    assert denied.decision is Decision.DENY
    assert not should_learn(denied, success=True, history=False)
    assert should_learn(denied, success=True, history=True)


def test_a44_fifty_challenged_logins_never_become_a_habit():
    profile = habits()
    first = judged(STRANGER, profile)
    for attempt in range(50):
        at = login(
            recognition=Recognition.NEW,
            device_key="ins-9",
            model="PHM110",
            occurred_at=NOW + timedelta(minutes=attempt),
            **IN_LAGOS,
        )
        found = judged(at, profile)
        assert found.decision is not Decision.ALLOW
        assert not should_learn(found, success=True, history=False)
    assert judged(STRANGER, profile).score == first.score


@pytest.mark.parametrize("decisions", [set(), {"challenge"}, {"deny"}, {"challenge", "deny"}])
def test_the_policy_says_of_which_decisions_the_owner_is_told(decisions: set[str]) -> None:
    policy = replace(DEFAULT_POLICY, notify_decisions=frozenset(decisions), notify_signals=frozenset())
    found = judged(STRANGER, habits(), policy=policy)
    assert found.decision is Decision.CHALLENGE
    assert found.notify == ("challenge" in decisions)
    assert judged(login(), habits(), policy=policy).notify is False
