"""Logins of one owner in Beijing, and what is known of them."""

from datetime import UTC, datetime, timedelta
from typing import Any

from msgspec.structs import replace

from secmon.risk.assess import Assessment, assess
from secmon.risk.login import Login, Recognition, Tallies
from secmon.risk.policy import Policy
from secmon.risk.population import Population
from secmon.risk.profile import Profile
from secmon.risk.shipped import DEFAULT_POLICY
from secmon.risk.signals import Signal

NOW = datetime(2026, 11, 1, 12, tzinfo=UTC)

AT_HOME = Login(
    account_id="acct-1",
    occurred_at=NOW,
    success=True,
    recognition=Recognition.KNOWN,
    ip="203.0.113.7",
    network="203.0.113.0/24",
    asn=4134,
    country="CN",
    region="BJ",
    city="Beijing",
    latitude=39.9,
    longitude=116.4,
    accuracy_radius_km=20,
    device_key="ins-1",
    named_install=True,
    brand="Xiaomi",
    model="2201123C",
    system="Android",
    device_class="phone",
    client="UWallet",
    client_major="5",
    amr=("pwd",),
)

IN_LAGOS: dict[str, Any] = {
    "ip": "198.51.100.9",
    "network": "198.51.100.0/24",
    "asn": 37148,
    "country": "NG",
    "region": "LA",
    "city": "Lagos",
    "latitude": 6.5,
    "longitude": 3.4,
}


def login(**changes: Any) -> Login:
    """The owner's login at home, changed as told."""
    return replace(AT_HOME, **changes)


def habits(logins: int = 30, **changes: Any) -> Profile:
    """A profile of daily logins at home, the last of them a day ago."""
    profile = Profile()
    for days in range(1, logins + 1):
        profile.learn(login(occurred_at=NOW - timedelta(days=days), **changes))
    return profile


def judged(
    at: Login,
    profile: Profile,
    *,
    tallies: Tallies | None = None,
    population: Population | None = None,
    policy: Policy = DEFAULT_POLICY,
) -> Assessment:
    return assess(at, profile, tallies or Tallies(), population or Population.empty(), policy)


def signals(at: Login, profile: Profile, **known: Any) -> dict[str, Signal]:
    """The reasons of a judgement by code."""
    return {str(signal.code): signal for signal in judged(at, profile, **known).signals}
