"""No term of the likelihood says more than the login at hand lets it say."""

import pytest

from secmon.risk.login import Recognition
from secmon.risk.policy import Policy
from secmon.risk.shipped import DEFAULT_POLICY
from tests.risk.factories import IN_LAGOS, habits, login, signals

BARE = Policy.from_document(
    DEFAULT_POLICY.to_document() | {"features": {"network": 1, "device": 1, "client": 1, "place": 1}}
)
REINSTALL = {"recognition": Recognition.NEW, "new_install_of_known_model": True, "device_key": "ins-2"}


def weights(at, profile):
    return {code: signal.weight for code, signal in signals(at, profile, policy=BARE).items()}


def test_the_best_known_owner_is_not_the_one_most_held_to_stay_at_home():
    some, many = (weights(login(**IN_LAGOS), habits(logins)) for logins in (30, 80))
    for code in ("unusual_network", "unusual_place"):
        assert some[code] == many[code] == pytest.approx(2.6)


@pytest.mark.parametrize(
    "stranger",
    [
        {"recognition": Recognition.NEW, "device_key": "ins-9"},
        {"recognition": Recognition.MISMATCHED, "device_key": "ins-9"},
        {"named_install": False},
    ],
)
def test_whoever_may_be_a_stranger_is_held_to_the_full_distance(stranger):
    found = weights(login(**IN_LAGOS | stranger), habits(60))
    assert found["unusual_network"] > 3
    assert found["unusual_place"] > 3


def test_a_new_install_gains_little_by_what_an_attacker_can_copy():
    """Same city, model and prefix, another address."""
    at = login(ip="203.0.113.99", **REINSTALL)
    found, of_known = weights(at, habits()), weights(login(), habits())
    assert found["usual_place"] == pytest.approx(-1.897, abs=0.001)
    assert found["usual_device"] >= -2.121
    assert found["usual_network"] == pytest.approx(-2.303, abs=0.001)
    assert of_known["usual_place"] < found["usual_place"]
    assert of_known["usual_device"] < found["usual_device"]


def test_a_new_install_on_the_owners_own_address_is_believed():
    at_home = weights(login(**REINSTALL), habits())
    nearby = weights(login(ip="203.0.113.99", **REINSTALL), habits())
    assert at_home["usual_network"] < nearby["usual_network"]
    assert at_home["new_install_of_known_model"] == pytest.approx(nearby["new_install_of_known_model"] / 2)


def test_an_unusual_kind_of_device_says_half_where_no_install_is_named():
    other = {"recognition": Recognition.NEW, "device_key": "x", "model": "SM-S9110", "system": "iOS"}
    app = weights(login(**other), habits())["unusual_device"]
    browser = weights(login(**other, named_install=False), habits())["unusual_device"]
    assert browser == pytest.approx(app / 2)
