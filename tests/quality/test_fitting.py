"""Weights that labels propose: bounded, signed as before, and no wider a net than before."""

from __future__ import annotations

from dataclasses import replace
from random import Random

import pytest

from secmon.policies.documents import checked_policy
from secmon.quality.fitting import (
    LARGEST_CHANGE,
    LEAST,
    LEAST_SHOWN,
    Evidence,
    Example,
    TooFewLabels,
    bare_evidence,
    propose,
)
from secmon.quality.verdicts import Truth
from secmon.risk.levels import Feature
from secmon.risk.policy import Policy
from secmon.risk.shipped import DEFAULT_POLICY
from secmon.risk.signals import SignalCode

OWNERS, TAKEOVERS = 2 * LEAST[Truth.OWNER], 2 * LEAST[Truth.TAKEOVER]


def labels(
    owner: Evidence, takeover: Evidence, owners: int = OWNERS, takeovers: int = TAKEOVERS
) -> list[Example]:
    return [*[Example(owner, Truth.OWNER)] * owners, *[Example(takeover, Truth.TAKEOVER)] * takeovers]


def weights(policy: Policy) -> dict[str, float]:
    document = policy.to_document()
    return {**document["features"], **document["signals"]}


def weight(document: dict[str, dict[str, float]], name: str) -> float:
    return {**document["features"], **document["signals"]}[name]


def test_what_tells_takeovers_from_owners_weighs_more_and_what_does_not_less() -> None:
    found = propose(DEFAULT_POLICY, labels({"anonymizer": 1.0}, {"new_network": 1.0}), [])
    before = DEFAULT_POLICY.signals
    assert weight(found.document, "new_network") > before[SignalCode.NEW_NETWORK]
    assert weight(found.document, "anonymizer") < before[SignalCode.ANONYMIZER]
    assert set(found.moved) == {"new_network", "anonymizer"}


def test_no_label_moves_a_weight_beyond_half_or_twice_of_it_nor_over_nought() -> None:
    """However many accounts an attacker owns, and says on all of them that attackers are owners."""
    every = {**dict.fromkeys(map(str, Feature), 3.0), **dict.fromkeys(map(str, SignalCode), 1.0)}
    for owner, takeover in ((every, {}), ({}, every)):
        document = propose(DEFAULT_POLICY, labels(owner, takeover), []).document
        for name, before in weights(DEFAULT_POLICY).items():
            after = weight(document, name)
            least, most = sorted((before / LARGEST_CHANGE, before * LARGEST_CHANGE))
            assert least - 5e-4 <= after <= most + 5e-4, name
            assert (after > 0) == (before > 0), name
        assert isinstance(checked_policy(document), Policy)


def test_evidence_that_few_accounts_show_and_what_is_switched_off_stays() -> None:
    policy = replace(DEFAULT_POLICY, signals={**DEFAULT_POLICY.signals, SignalCode.AUTOMATION: 0.0})
    rare = [Example({"dormant_account": 1.0}, Truth.TAKEOVER)] * (LEAST_SHOWN - 1)
    found = propose(policy, [*labels({"automation": 1.0}, {"new_network": 1.0}), *rare], [])
    assert weight(found.document, "dormant_account") == policy.signals[SignalCode.DORMANT_ACCOUNT]
    assert weight(found.document, "automation") == 0.0
    assert "dormant_account" in found.left
    assert "automation" not in found.left


@pytest.mark.parametrize(
    ("owners", "takeovers", "missing"),
    [
        (LEAST[Truth.OWNER] - 1, TAKEOVERS, "owner"),
        (OWNERS, LEAST[Truth.TAKEOVER] - 1, "takeover"),
        (0, 0, "takeover"),
    ],
)
def test_too_few_labels_of_a_kind_are_refused_and_named(owners: int, takeovers: int, missing: str) -> None:
    undisputed = [Example({}, Truth.OWNER, confirmed=False)] * 5_000
    with pytest.raises(TooFewLabels, match=missing):
        propose(DEFAULT_POLICY, [*labels({}, {}, owners, takeovers), *undisputed], [])


def test_as_many_logins_are_challenged_as_before() -> None:
    """A proposal changes whom a policy challenges. How many, the budget says."""
    draw = Random(7)
    every = [
        {
            "new_network": float(draw.random() < 0.1),
            "anonymizer": float(draw.random() < 0.1),
            "place": draw.gauss(),
        }
        for _ in range(2_000)
    ]
    found = propose(DEFAULT_POLICY, labels({"anonymizer": 1.0}, {"new_network": 1.0, "place": 2.0}), every)

    def challenged(policy: Policy) -> int:
        of = weights(policy)
        sums = [policy.prior + sum(of[name] * amount for name, amount in one.items()) for one in every]
        return sum(odds >= 0 for odds in sums)

    assert found.document["prior"] != DEFAULT_POLICY.prior
    assert challenged(checked_policy(found.document)) == pytest.approx(challenged(DEFAULT_POLICY), abs=2)


def test_the_same_labels_propose_the_same_weights_in_whatever_order() -> None:
    examples = labels({"anonymizer": 1.0}, {"new_network": 1.0, "anonymizer": 0.5})
    first = propose(DEFAULT_POLICY, examples, [])
    assert propose(DEFAULT_POLICY, examples, []) == first
    backwards = propose(DEFAULT_POLICY, examples[::-1], [])
    for name, (_, after) in first.moved.items():
        assert backwards.moved[name][1] == pytest.approx(after, abs=0.002)


def test_everything_else_of_the_document_stays() -> None:
    policy = replace(DEFAULT_POLICY, watched_accounts=frozenset({"acct-1"}), challenge_at=0.4)
    document = propose(policy, labels({"anonymizer": 1.0}, {"new_network": 1.0}), []).document
    assert {name for name, value in policy.to_document().items() if document[name] != value} <= {
        "prior",
        "features",
        "signals",
    }


def test_evidence_is_told_without_the_weights_that_it_was_weighed_by() -> None:
    heavy = replace(DEFAULT_POLICY, signals={**DEFAULT_POLICY.signals, SignalCode.ANONYMIZER: 6.0})
    told = [
        ("anonymizer", 3.0),
        ("unusual_network", 2 * heavy.features[Feature.NETWORK]),
        ("usual_place", -heavy.features[Feature.PLACE]),
        ("of_another_release", 2.0),
    ]
    found = bare_evidence(told, heavy)
    assert found == {
        "anonymizer": 0.5,
        "network": pytest.approx(2.0),
        "place": pytest.approx(-1.0),
    }
