"""The trouble that honest owners have, and the attackers who come close, are in the simulated wallet."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from secmon.simulation.kinds import Attack, Honest, Message, Subject
from secmon.simulation.shape import Shape
from secmon.simulation.wallet import wallet

START = datetime(2026, 1, 1, tzinfo=UTC)
COPIES = {Attack.COPIED_HOME, Attack.COPIED_CITY, Attack.COPIED_ABROAD}


@pytest.fixture(scope="module")
def logins() -> list[Message]:
    shape = Shape(accounts=150, days=120, crowds=4, hybrid_share=0.4)
    return [message for message in wallet(shape, 5, START) if message.subject is Subject.LOGIN]


def of(logins: list[Message], kind: Attack | Honest) -> list[Mapping[str, Any]]:
    return [message.body for message in logins if message.kind is kind]


def test_a_crowd_comes_through_one_address_within_minutes_and_mistypes(logins: list[Message]):
    through = defaultdict(list)
    for body in of(logins, Honest.SHARED_ADDRESS):
        through[body["ip"]].append(body)
    crowd = max(through.values(), key=lambda bodies: len({body["account_id"] for body in bodies}))
    at = [datetime.fromisoformat(str(body["occurred_at"])) for body in crowd]
    assert len({body["account_id"] for body in crowd}) >= 5
    assert max(at) - min(at) < timedelta(minutes=10)
    assert any(body["outcome"] == "failure" for body in crowd)


def test_a_slow_spray_tries_four_accounts_in_ten_minutes(logins: list[Message]):
    spray: dict[str, list[datetime]] = defaultdict(list)
    for body in of(logins, Attack.SLOW_SPRAY):
        spray[body["ip"]].append(datetime.fromisoformat(str(body["occurred_at"])))
    most = max(spray.values(), key=len)
    longest = sorted(set(most))
    assert longest[-1] - longest[0] > timedelta(hours=7)
    assert min(later - at for at, later in zip(longest, longest[4:], strict=False)) > timedelta(minutes=9)


def test_a_web_view_names_the_apps_install_and_a_frozen_or_the_same_system(logins: list[Message]):
    found = of(logins, Honest.WEB_VIEW)
    assert found
    assert all(body["device_id"] and str(body["user_agent"]).startswith("Mozilla/") for body in found)


def test_a_place_known_to_the_country_has_no_city_and_a_wide_radius(logins: list[Message]):
    found = [body["geo"] for body in of(logins, Honest.COUNTRY_PLACE)]
    assert found
    assert all("city" not in geo and geo["accuracy_radius_km"] == 1000 for geo in found)


def test_a_moved_record_puts_an_address_elsewhere_for_a_month(logins: list[Message]):
    cities = defaultdict(set)
    for message in logins:
        geo = message.body["geo"]
        if message.kind in (Honest.MOVED_RECORD, Honest.ORDINARY) and "city" in geo:
            cities[message.body["ip"]].add(geo["city"])
    assert of(logins, Honest.MOVED_RECORD)
    assert any(len(named) > 1 for named in cities.values())


def test_a_copy_has_the_owners_id_and_handset():
    owners, copies = defaultdict(set), []
    for message in wallet(Shape(accounts=150, days=90, hybrid_share=0.0), 5, START):
        body = message.body
        if message.kind in COPIES:
            copies.append((message.kind, body["account_id"], handset(body)))
        elif isinstance(message.kind, Honest) and "device_id" in body:
            owners[body["account_id"]].add(handset(body))
    assert {kind for kind, *_ in copies} == COPIES
    assert all(copied in owners[account_id] for _, account_id, copied in copies)


def handset(body: Mapping[str, Any]) -> tuple[str, str]:
    """The install and the model; the app may have been updated meanwhile."""
    return body["device_id"], body["user_agent"].split("; ")[1]
