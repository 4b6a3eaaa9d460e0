"""A known device where its owner has never been: told, whatever is decided, and taught by a proof alone."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import httpx
import pytest

from secmon.risk.shipped import DEFAULT_POLICY
from tests.logins.factories import BEIJING, LAGOS, login
from tests.logins.test_challenges import post, settle
from tests.logins.test_history import learnt
from tests.service import Service
from tests.twofactor.traces import kinds_told

HOUR = timedelta(hours=1)
# The network is new to the owner, the place is not.
HOTEL = {"ip": "192.0.2.7", "geo": {**BEIJING, "asn": 9808}}
ABROAD = {"ip": "198.51.100.9", "geo": {"country": "NG", "asn": 29465}}
VPN = {"ip": "198.51.100.77", "geo": {"country": "NG", "anonymizer": True}}
FAR = {"ip": "192.0.2.9", "geo": {**LAGOS, "country": "CN"}}


def at_home_for_long(wallet: httpx.Client, account_id: str, **changes: Any) -> None:
    """So many logins at home that a known phone is let in wherever it is."""
    for days in range(20, 0, -1):
        post(wallet, login(account_id, after=-timedelta(days=days), **changes))


def told(service: Service, account_id: str) -> int:
    return kinds_told(service, account_id).count("login.alert")


def countries(wallet: httpx.Client, account_id: str, **there: Any) -> set[str]:
    """What is noticed of the phone there now; nothing is recorded."""
    body = login(account_id, after=timedelta(hours=20), **there)
    asked = {name: value for name, value in body.items() if name not in ("event_id", "outcome")}
    answer = wallet.post("/v1/risk-assessments", json=asked).raise_for_status().json()
    return {signal["code"] for signal in answer["risk"]["signals"]}


def test_A71_a_copied_id_from_abroad_is_told_and_teaches_nothing(
    service: Service, wallet: httpx.Client, account_id: str
) -> None:
    at_home_for_long(wallet, account_id)
    thief = login(account_id, **ABROAD)
    judged = post(wallet, thief)
    assert (judged["decision"], judged["device"]["recognition"]) == ("allow", "known")
    assert judged["alert_id"] is not None
    assert told(service, account_id) == 1
    assert not learnt(service, thief)
    assert "new_country" in countries(wallet, account_id, **ABROAD)
    again = login(account_id, after=HOUR, **ABROAD)
    assert post(wallet, again)["alert_id"] is not None
    assert not learnt(service, again)


def test_A71_in_a_batch_as_well(service: Service, wallet: httpx.Client, account_id: str) -> None:
    at_home_for_long(wallet, account_id)
    thefts = [login(account_id, after=timedelta(hours=hours), **ABROAD) for hours in (0, 1)]
    answer = wallet.post("/v1/login-events/batch", json={"events": thefts}).raise_for_status().json()
    for result in answer["results"]:
        assert result["assessment"]["alert_id"] is not None
        assert "new_country" in {one["code"] for one in result["assessment"]["risk"]["signals"]}
    assert not any(learnt(service, theft) for theft in thefts)


def test_A71_whatever_else_the_policy_tells_of(
    service: Service, wallet: httpx.Client, account_id: str
) -> None:
    at_home_for_long(wallet, account_id)
    quiet = DEFAULT_POLICY.to_document() | {"notify": {"decisions": [], "signals": []}}
    with service.client("admin") as admin:
        for document in (quiet, DEFAULT_POLICY.to_document()):
            tag = admin.get("/v1/risk-policy").headers["ETag"]
            put = admin.put("/v1/risk-policy", json={"document": document}, headers={"If-Match": tag})
            put.raise_for_status()
            if document is quiet:
                assert post(wallet, login(account_id, **ABROAD))["alert_id"] is not None


@pytest.mark.parametrize("there", [ABROAD, VPN, FAR], ids=["country", "anonymizer", "travel"])
def test_R45_until_something_proves_it(
    service: Service, wallet: httpx.Client, account_id: str, there: dict[str, Any]
) -> None:
    at_home_for_long(wallet, account_id)
    post(wallet, login(account_id, after=-HOUR))
    event = login(account_id, **there)
    judged = post(wallet, event)
    assert judged["device"]["recognition"] == "known"
    assert judged["alert_id"] is not None
    assert not learnt(service, event)
    assert settle(wallet, event, method="pwd").json()["challenge"]["proven"] is False
    assert not learnt(service, event)
    settled = settle(wallet, event).json()
    assert settled["decision"] == "allow"
    assert learnt(service, event)
    later = login(account_id, after=2 * HOUR, **there)
    assert post(wallet, later)["alert_id"] is None
    assert learnt(service, later)


def test_R45_the_owners_word_teaches_it(wallet: httpx.Client, account_id: str) -> None:
    at_home_for_long(wallet, account_id)
    judged = post(wallet, login(account_id, **ABROAD))
    answer = wallet.post(f"/v1/alerts/{judged['alert_id']}/answer", json={"answer": "was_me"})
    answer.raise_for_status()
    assert "new_country" not in countries(wallet, account_id, **ABROAD)


def test_R45_a_second_factor_that_came_along_teaches_it_too(
    service: Service, wallet: httpx.Client, account_id: str
) -> None:
    at_home_for_long(wallet, account_id)
    event = login(account_id, amr=["pwd", "otp"], **ABROAD)
    assert post(wallet, event)["alert_id"] is not None
    assert learnt(service, event)


def test_R45_who_always_comes_through_a_vpn_is_not_told_every_day(
    service: Service, wallet: httpx.Client, account_id: str
) -> None:
    at_home_for_long(wallet, account_id, **VPN)
    before = told(service, account_id)
    exits = {"ip": "198.51.100.200", "geo": {"country": "NG", "anonymizer": True}}
    for hours in (0, 30, 60):
        event = login(account_id, after=timedelta(hours=hours - 60), **exits)
        assert post(wallet, event)["alert_id"] is None
        assert learnt(service, event)
    assert told(service, account_id) == before


def test_R45_another_network_at_home_is_nowhere_else(
    service: Service, wallet: httpx.Client, account_id: str
) -> None:
    """A carrier's gateway, a hotel, a café."""
    at_home_for_long(wallet, account_id)
    event = login(account_id, **HOTEL)
    assert post(wallet, event)["alert_id"] is None
    assert learnt(service, event)


def test_R45_coming_home_is_no_journey(wallet: httpx.Client, account_id: str) -> None:
    """What a thief did elsewhere is nothing that the owner is measured by."""
    at_home_for_long(wallet, account_id)
    post(wallet, login(account_id, ip="198.51.100.9", geo=LAGOS))
    home = post(wallet, login(account_id, after=HOUR))
    assert (home["decision"], home["alert_id"]) == ("allow", None)
    assert "impossible_travel" not in {one["code"] for one in home["risk"]["signals"]}
