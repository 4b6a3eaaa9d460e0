"""One alert a device, day and place; and none that hides what comes after its answer (R46)."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import httpx
import pytest

from secmon.alerts.models import Alert
from tests.alerts.owner import Alerted, alerted
from tests.logins.factories import LAGOS, takeover
from tests.service import Service

ABUJA = {"country": "NG", "city": "Abuja", "latitude": 9.1, "longitude": 7.5, "asn": 29465}


def log_in(owner: Alerted, **changes: Any) -> str:
    """The same phone of the stranger's, the same day; answers the login's alert."""
    event = takeover(owner.account_id, after=timedelta(minutes=90), **changes)
    judged = owner.wallet.post("/v1/login-events", json=event).raise_for_status().json()
    alert_id: str = judged["alert_id"]
    return alert_id


def alerts_of(owner: Alerted) -> list[str]:
    listed = owner.wallet.get(f"/v1/accounts/{owner.account_id}/alerts").raise_for_status().json()["items"]
    return [alert["alert_id"] for alert in listed]


def settle_failed(owner: Alerted) -> None:
    path = f"/v1/accounts/{owner.account_id}/login-events/{owner.event['event_id']}/challenge"
    owner.wallet.post(path, json={"outcome": "failed", "method": "otp"}).raise_for_status()


def test_A72_an_answered_alert_takes_no_more_logins(owner: Alerted) -> None:
    # So that "was me" teaches nothing, and the next login is as unusual as the first.
    settle_failed(owner)
    owner.answer("was_me").raise_for_status()
    second = log_in(owner)
    assert second != owner.alert_id
    assert set(alerts_of(owner)) == {second, owner.alert_id}
    # Unanswered, it takes those that follow.
    assert log_in(owner) == second


def test_A72_not_me_does_not_hide_the_next_attack_either(owner: Alerted) -> None:
    owner.answer("not_me").raise_for_status()
    assert log_in(owner) != owner.alert_id


@pytest.mark.parametrize(
    "elsewhere",
    [
        {"geo": {**LAGOS, "country": "GH", "city": "Accra"}},
        {"geo": {**LAGOS, "asn": 37148}},
        {"geo": {**LAGOS, "anonymizer": True}},
    ],
)
def test_A72_another_country_network_or_an_anonymizer_makes_another_alert(
    owner: Alerted, elsewhere: dict[str, Any]
) -> None:
    other = log_in(owner, **elsewhere)
    assert other != owner.alert_id
    # Each goes on with its own place.
    assert log_in(owner, **elsewhere) == other
    assert log_in(owner) == owner.alert_id


def test_a_phone_that_moves_within_its_carrier_is_one_alert(owner: Alerted) -> None:
    assert log_in(owner, ip="192.0.2.77", geo=ABUJA) == owner.alert_id
    assert log_in(owner, ip="2001:db8::7") == owner.alert_id


def test_A72_without_a_carrier_the_network_tells(wallet: httpx.Client, account_id: str) -> None:
    nowhere = {"country": "NG"}
    owner = alerted(wallet, account_id, geo=nowhere)
    assert log_in(owner, ip="198.51.100.200", geo=nowhere) == owner.alert_id
    assert log_in(owner, ip="192.0.2.9", geo=nowhere) != owner.alert_id


def test_A72_several_alerts_in_one_batch(owner: Alerted) -> None:
    after = timedelta(minutes=90)
    events = [
        takeover(owner.account_id, after=after, geo={**LAGOS, "asn": asn}) for asn in (29465, 37148, 37148)
    ]
    answered = owner.wallet.post("/v1/login-events/batch", json={"events": events}).raise_for_status().json()
    first, second, third = (result["assessment"]["alert_id"] for result in answered["results"])
    assert first == owner.alert_id
    assert second == third != first


def test_an_alert_of_the_release_before_can_be_answered_and_takes_no_more_logins(
    service: Service, owner: Alerted
) -> None:
    with service.work() as work:
        alert = work.session.query(Alert).filter_by(account_id=owner.account_id).one()
        alert.network = alert.anonymizer = alert.traits = alert.city_found = None
    assert log_in(owner) != owner.alert_id
    answer = owner.answer("was_me")
    assert (answer.status_code, answer.json()["vouched"]) == (200, True)
