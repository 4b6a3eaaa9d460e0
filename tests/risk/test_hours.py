"""How unusual an hour of the day is: smoothed over its neighbours, also around midnight."""

from datetime import timedelta
from math import log

import pytest

from secmon.risk.profile import Profile
from secmon.risk.shipped import DEFAULT_POLICY
from secmon.risk.signals import SignalCode
from tests.risk.factories import NOW, login, signals

FULL = DEFAULT_POLICY.signals[SignalCode.UNUSUAL_HOUR]
AT_NOON, AT_NIGHT = 40, 2


def owner(night: int) -> Profile:
    """Forty logins at noon and two at `night`, all of one day: none is older than another."""
    profile = Profile()
    midnight = NOW.replace(hour=0) - timedelta(days=1)
    for hour in sorted([12] * AT_NOON + [night] * AT_NIGHT):
        profile.learn(login(occurred_at=midnight + timedelta(hours=hour)))
    return profile


def share_of_full(profile: Profile, hour: int) -> float:
    """How much of the signal's weight a login at that hour of the next day gets."""
    found = signals(login(occurred_at=NOW.replace(hour=hour)), profile).get("unusual_hour")
    if found is None:
        return 0.0
    assert found.facts == {"hour_utc": hour}
    return found.weight / FULL


@pytest.mark.parametrize("night", [3, 23, 0])
def test_an_hour_lends_a_quarter_of_its_logins_to_each_neighbour(night: int):
    profile = owner(night)
    every = AT_NOON + AT_NIGHT + 6
    itself = log(every / (AT_NIGHT / 2 * 24 + 6)) / log(6)
    beside = log(every / (AT_NIGHT / 4 * 24 + 6)) / log(6)
    found = [share_of_full(profile, hour % 24) for hour in (night - 1, night, night + 1)]
    assert found == pytest.approx([beside, itself, beside], rel=0.06)


def test_no_hour_weighs_more_than_the_signal_does_and_a_usual_one_nothing():
    profile = owner(3)
    assert share_of_full(profile, 18) == 1.0
    assert [share_of_full(profile, hour) for hour in (11, 12, 13)] == [0.0, 0.0, 0.0]
