"""The detectors beside ours are plain: nothing is bounded, fades, or waits for a decision."""

from math import log

import pytest

from lab.baselines import NETWORK_AND_CLIENT, RATIO, RATIO_WITH_INSTALL, Baselines, PlainRatio
from lab.evaluation import less
from lab.figures import collect
from lab.splits import judged
from secmon.risk.levels import Level
from secmon.risk.shipped import DEFAULT_POLICY
from secmon.simulation.kinds import Attack, Honest

HOME = {
    Level.ADDRESS: "1.2.3.4",
    Level.PREFIX: "1.2.3.0/24",
    Level.ASN: "1",
    Level.COUNTRY: "CN",
    Level.CLIENT_MAJOR: "UWallet 5",
    Level.CLIENT: "UWallet",
}
FAR = {
    Level.ADDRESS: "9.9.9.9",
    Level.PREFIX: "9.9.9.0/24",
    Level.ASN: "9",
    Level.COUNTRY: "DE",
    Level.CLIENT_MAJOR: "Chrome 120",
    Level.CLIENT: "Chrome",
}


def test_an_owner_without_history_is_as_anyone():
    assert PlainRatio(NETWORK_AND_CLIENT).score("a", HOME) == pytest.approx(0.0)


def test_the_ratio_follows_its_formula_and_has_no_bound():
    """Seen 50,000 times, nothing of it then: (0 / p + 1) / (n + 1) at every level of both features."""
    plain = PlainRatio(NETWORK_AND_CLIENT)
    for _ in range(50_000):
        plain.learn("a", HOME)
    assert plain.score("a", FAR) == pytest.approx(2 * log(50_001))
    usual = (50_000 / (50_001 / 50_002) + 1) / 50_001
    assert plain.score("a", HOME) == pytest.approx(-2 * log(usual))


def test_a_level_without_a_value_is_left_out():
    plain = PlainRatio(NETWORK_AND_CLIENT)
    plain.learn("a", HOME)
    assert plain.score("a", {Level.COUNTRY: "DE"}) == pytest.approx(log(2))
    assert plain.score("a", {}) == pytest.approx(0.0)


@pytest.fixture(scope="module")
def judged_logins():
    return list(judged(DEFAULT_POLICY, [7], accounts=30))


def test_weights_of_the_policy_and_what_it_learns_do_not_reach_the_plain_ratio(judged_logins):
    """With every weight at nothing all is allowed, and learnt."""
    nothing = less([*DEFAULT_POLICY.features, *DEFAULT_POLICY.signals])
    other = collect(judged(nothing, [7], accounts=30)).scores
    shipped = collect(judged_logins).scores
    for name in (RATIO, RATIO_WITH_INSTALL):
        assert list(other[name]) == pytest.approx(list(shipped[name]))


def test_only_the_ratio_with_install_sees_another_device_id(judged_logins):
    """A targeted attack differs from its owner by nothing else; a clone does not differ by it."""
    scores, kinds = (
        collect(judged_logins).scores,
        [judged_login.message.kind for judged_login in judged_logins],
    )
    gain = dict.fromkeys((Attack.TARGETED, Honest.ORDINARY), 0.0)
    for plain, installed, kind in zip(scores[RATIO], scores[RATIO_WITH_INSTALL], kinds, strict=True):
        if kind in gain:
            gain[kind] += float(installed - plain)
    assert gain[Attack.TARGETED] > 0 > gain[Honest.ORDINARY]


def test_a_challenged_owner_teaches_the_baselines_and_an_attacker_never(judged_logins):
    baselines = Baselines()
    attack = next(
        judged_login for judged_login in judged_logins if isinstance(judged_login.message.kind, Attack)
    )
    owner = next(
        judged_login for judged_login in judged_logins if judged_login.message.kind is Honest.NEW_PHONE
    )
    assert baselines.score(attack) == baselines.score(attack)
    first, second = baselines.score(owner), baselines.score(owner)
    assert second[RATIO] <= first[RATIO]
    assert second[RATIO_WITH_INSTALL] < 0
