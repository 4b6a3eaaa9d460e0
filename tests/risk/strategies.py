"""Logins of one owner in any order, and what a profile learns of them."""

from datetime import timedelta
from typing import Any

from hypothesis import strategies as st

from secmon.risk.profile import Profile
from tests.risk.factories import IN_LAGOS, NOW, login

PLACES: tuple[dict[str, Any], ...] = ({}, IN_LAGOS, {"city": None, "latitude": None}, {"anonymizer": True})

logins = st.builds(
    lambda minutes, host, device, place, client: login(
        occurred_at=NOW - timedelta(minutes=minutes),
        device_key=f"ins-{device}",
        client_major=str(client),
        **PLACES[place] | {"ip": f"203.0.113.{host}"},
    ),
    st.integers(0, 500_000),
    st.integers(0, 40),
    st.integers(0, 5),
    st.integers(0, 3),
    st.integers(4, 6),
)


def learnt(those):
    profile = Profile()
    for one in those:
        profile.learn(one)
    return profile
