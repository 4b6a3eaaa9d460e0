"""The likelihood ratio against values computed by hand."""

from datetime import timedelta
from math import log

import pytest

from secmon.risk.assess import log_ratio
from secmon.risk.levels import Feature, Level
from secmon.risk.limits import EvidenceLimits
from secmon.risk.login import Tallies
from secmon.risk.population import Population
from secmon.risk.profile import Profile
from secmon.risk.view import View
from tests.risk.factories import NOW, login

# 800 logins of the client level: 600 UWallet, 200 Chrome; unseen strength 200 and expectations 0.1 and 0.25.
POPULATION = Population(
    counts={"client": {"UWallet": 600, "Chrome": 200}, "app": {"UWallet 5": 600, "Chrome 130": 200}},
    totals={"client": 800, "app": 800},
)


def ratio(feature, at, profile, population=POPULATION):
    return log_ratio(
        feature, View.of(at, profile, Tallies(), population, EvidenceLimits(), in_trusted_network=False)
    )


def learnt(logins, **changes):
    """All at the very instant that is judged, so that nothing has faded."""
    profile = Profile()
    for _ in range(logins):
        profile.learn(login(occurred_at=NOW, **changes))
    return profile


def test_population_mixes_counts_with_what_is_expected_of_unseen_values():
    # (600 + 200 * 0.1) / (800 + 200) = 0.62, (600 + 200 * 0.25) / 1000 = 0.65, (0 + 20) / 1000 = 0.02
    assert POPULATION.probability(Level.CLIENT_MAJOR, "UWallet 5", {}) == pytest.approx(0.62)
    assert POPULATION.probability(Level.CLIENT, "UWallet", {}) == pytest.approx(0.65)
    assert POPULATION.probability(Level.CLIENT_MAJOR, "Opera 99", {}) == pytest.approx(0.02)


def test_the_owners_usual_client_speaks_for_the_owner():
    # 3 logins, all with UWallet 5. Per level (count / population + 1) / (logins + 1):
    # version (3 / 0.62 + 1) / 4 = 1.459677, family (3 / 0.65 + 1) / 4 = 1.403846; mixed 0.6 and 0.4: 1.437345
    found = ratio(Feature.CLIENT, login(), learnt(3))
    assert found == pytest.approx(-log(0.6 * 1.4596774 + 0.4 * 1.4038462), abs=1e-6)
    assert found == pytest.approx(-0.362798, abs=1e-5)


def test_a_client_the_owner_never_used_speaks_against():
    # Both levels unseen for the owner: 1 / (3 + 1) each, so the ratio is log 4 whatever the population says.
    found = ratio(Feature.CLIENT, login(client="Chrome", client_major="130"), learnt(3))
    assert found == pytest.approx(log(4))


def test_a_new_version_of_the_usual_app_backs_off_to_the_app():
    # version 1 / 4, family (3 / 0.65 + 1) / 4 = 1.403846: 0.6 * 0.25 + 0.4 * 1.403846 = 0.711538
    found = ratio(Feature.CLIENT, login(client_major="6"), learnt(3))
    assert found == pytest.approx(-log(0.7115385), abs=1e-6)


def test_a_missing_level_is_left_out_and_the_others_share_its_weight():
    # Only the family is known: (3 / 0.65 + 1) / 4
    found = ratio(Feature.CLIENT, login(client_major=None), learnt(3))
    assert found == pytest.approx(-log(1.4038462), abs=1e-6)


def test_a_missing_value_drops_the_feature_and_not_the_login():
    assert ratio(Feature.PLACE, login(country=None, region=None, city=None), learnt(3)) == 0
    assert ratio(Feature.CLIENT, login(country=None, region=None, city=None), learnt(3)) != 0


def test_an_owner_without_history_is_as_anyone():
    for feature in Feature:
        assert ratio(feature, login(), Profile()) == 0


def test_old_habits_fade_by_half_in_90_days():
    # One UWallet login 90 days ago and one Chrome login now: counts 1/2 and 1, logins 3/2.
    # version (0.5 / 0.62 + 1) / 2.5 = 0.722581, family (0.5 / 0.65 + 1) / 2.5 = 0.707692
    profile = Profile()
    profile.learn(login(occurred_at=NOW - timedelta(days=90)))
    profile.learn(login(occurred_at=NOW, client="Chrome", client_major="130"))
    found = ratio(Feature.CLIENT, login(), profile)
    assert found == pytest.approx(-log(0.6 * 0.7225806 + 0.4 * 0.7076923), abs=1e-5)


def test_a_browser_known_by_its_traits_speaks_less_for_the_owner_than_an_install():
    app, browser = login(), login(named_install=False, device_key="traits:1")
    install = ratio(Feature.DEVICE, app, learnt(10))
    traits = ratio(Feature.DEVICE, browser, learnt(10, named_install=False, device_key="traits:1"))
    assert install < traits < 0
