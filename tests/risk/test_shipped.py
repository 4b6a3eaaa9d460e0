"""The policies that ship: each is one, and each says what it was measured to catch and to cost."""

from __future__ import annotations

from dataclasses import replace

import pytest

from secmon.risk import shipped
from secmon.risk.policy import Policy
from secmon.risk.shipped import DEFAULT_POLICY, SHIPPED_NAMES, Measured, measured


def test_the_default_is_balanced():
    assert shipped.shipped("balanced") is DEFAULT_POLICY is shipped.shipped()
    with pytest.raises(KeyError):
        shipped.shipped("lenient")


@pytest.mark.parametrize("name", SHIPPED_NAMES)
def test_each_judges_as_itself_whatever_is_the_operators_own(name: str):
    own = {"watched_accounts": ["acct-1"], "trusted_networks": ["10.0.0.0/8"], "notify": {"signals": []}}
    document = shipped.shipped("balanced").to_document() | own | shipped.judging(name)
    policy = Policy.from_document(document)
    assert [one for one in SHIPPED_NAMES if shipped.judges_as(policy, one)] == [name]
    assert policy.watched_accounts == {"acct-1"}
    assert not shipped.judges_as(replace(policy, prior=policy.prior + 0.01), name)
    assert not shipped.judges_as(policy, "of a release to come")


def test_a_threshold_of_its_own_weighs_as_what_ships_and_other_weights_do_not():
    moved = replace(DEFAULT_POLICY, challenge_at=0.123)
    assert shipped.weighs_as(moved) == "balanced"
    assert shipped.weighs_as(replace(moved, prior=3.0)) is None


def test_every_policy_that_ships_was_measured_for_the_same_kinds():
    found = measured()
    assert tuple(found.policies) == SHIPPED_NAMES
    assert found.wallets == len(found.seeds) > 0
    kinds = {
        (*one.caught, "|", *one.challenged, "|", *one.curves["caught"]) for one in found.policies.values()
    }
    assert len(kinds) == 1
    for one in found.policies.values():
        assert "natural mix" in one.challenged
        for share in (*one.caught.values(), *one.challenged.values()):
            assert 0 <= share <= 1


def test_a_curve_falls_as_the_threshold_rises():
    for one in measured().policies.values():
        thresholds = one.curves["challenge_at"]
        assert thresholds == sorted(thresholds)
        for shares in one.curves["caught"].values():
            assert len(shares) == len(thresholds)
            assert shares == sorted(shares, reverse=True)


def test_between_two_measured_thresholds_a_catch_lies_between_the_two():
    one = Measured({}, {}, {"challenge_at": [0.2, 0.5, 0.8], "caught": {"naive": [1.0, 0.6, 0.0]}})
    assert one.caught_at(0.5) == {"naive": 0.6}
    assert one.caught_at(0.65)["naive"] == pytest.approx(0.6 * (1 - 0.4466), abs=1e-3)
    # What lies beyond is as the outermost that was measured.
    assert [one.caught_at(at)["naive"] for at in (0.0, 0.1, 0.8, 0.9, 1.0)] == [1.0, 1.0, 0.0, 0.0, 0.0]
