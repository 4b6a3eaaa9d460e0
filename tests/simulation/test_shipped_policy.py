"""The shipped policy holds its promises on wallets that it was not fitted to."""

import pytest

from lab.figures import SERVICE, area, collect, joined
from lab.fitting import COPIES
from lab.splits import TEST_SEEDS, TRAIN_SEEDS, judged
from secmon.risk.shipped import DEFAULT_POLICY
from secmon.simulation.kinds import Attack, Honest

# Per cent of each kind challenged at most, and caught at least.
MOST_CHALLENGED = {
    Honest.ORDINARY: 0.5,
    Honest.SYSTEM_UPDATE: 1.0,
    Honest.VPN_OWNER: 3.0,
    Honest.DOMESTIC_TRAVEL: 3.0,
    Honest.FOREIGN_TRAVEL: 10.0,
    Honest.WEB_VIEW: 1.0,
    Honest.SHARED_ADDRESS: 2.0,
    Honest.COUNTRY_PLACE: 1.0,
    Honest.MOVED_RECORD: 1.0,
}
LEAST_CAUGHT = {
    Attack.NAIVE: 97.0,
    Attack.VPN: 96.0,
    Attack.CLONED: 97.0,
    Attack.AFTER_RECOVERY: 97.0,
    Attack.STUFFING: 98.0,
    Attack.IMPOSSIBLE_TRAVEL: 98.0,
    Attack.TARGETED: 96.0,
    Attack.SLOW_SPRAY: 90.0,
}


@pytest.fixture(scope="module")
def scored():
    return joined(collect(judged(DEFAULT_POLICY, [seed], accounts=200)) for seed in TEST_SEEDS[:2])


def test_the_test_wallets_taught_nothing():
    assert not set(TEST_SEEDS) & set(TRAIN_SEEDS)


def test_few_honest_logins_are_challenged_and_none_denied(scored):
    assert 100 * scored.challenged[scored.honest].mean() <= 1.5
    assert not scored.denied[scored.honest].any()


@pytest.mark.parametrize(("kind", "most"), MOST_CHALLENGED.items())
def test_owners_are_left_alone(scored, kind, most):
    assert 100 * scored.challenged[scored.of(kind)].mean() <= most


@pytest.mark.parametrize(("kind", "least"), LEAST_CAUGHT.items())
def test_attackers_are_caught(scored, kind, least):
    assert 100 * scored.challenged[scored.of(kind)].mean() >= least


@pytest.mark.parametrize("kind", [kind for kind in Attack if kind not in COPIES])
def test_scores_rank_attacks_above_owners(scored, kind):
    found, _, _ = area(scored, SERVICE, kind)
    assert found >= (0.98 if kind is Attack.TARGETED else 0.99)
