"""Addresses that serve a carrier's thousands, an office, a school: failures there are judged by share."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import httpx
import pytest
from sqlalchemy import func, select

from secmon.logins.models import EntryMark
from tests.logins.factories import LAGOS, login, takeover
from tests.service import Service

_towns = itertools.count(1)
NOW = timedelta(hours=23)

Event = dict[str, Any]
Post = Callable[[httpx.Client, list[Event]], list[dict[str, Any]]]


class Town:
    """Owners behind one address, each known there for three weeks."""

    def __init__(self, wallet: httpx.Client, owners: int) -> None:
        self.wallet, number = wallet, next(_towns)
        self.name, self.ip, self.owners = f"town{number}", f"100.70.{number}.9", owners
        past = [
            self.of(owner, after=NOW - timedelta(days=day)) for owner in range(owners) for day in (21, 10, 1)
        ]
        together(wallet, past)

    def of(self, owner: int | str, seconds: float = 0, **changes: Any) -> Event:
        """A login of one of them, so many seconds after it begins."""
        return login(
            f"{self.name}-{owner}", **{"ip": self.ip, "after": NOW + timedelta(seconds=seconds), **changes}
        )

    def mistypes(self, owner: int, seconds: float, **changes: Any) -> Event:
        return self.of(owner, seconds, outcome="failure", failure_reason="bad_password", **changes)

    def post(self, *events: Event) -> list[dict[str, Any]]:
        return one_by_one(self.wallet, list(events))

    def newcomer(self, **changes: Any) -> dict[str, Any]:
        return self.post(self.of("new", 240, **changes))[0]


def one_by_one(wallet: httpx.Client, events: list[Event]) -> list[dict[str, Any]]:
    return [wallet.post("/v1/login-events", json=event).raise_for_status().json() for event in events]


def together(wallet: httpx.Client, events: list[Event]) -> list[dict[str, Any]]:
    answer = wallet.post("/v1/login-events/batch", json={"events": events}).raise_for_status().json()
    return [result["assessment"] for result in answer["results"]]


def codes(answer: dict[str, Any]) -> set[str]:
    return {signal["code"] for signal in answer["risk"]["signals"]}


def suspicion(answer: dict[str, Any]) -> float:
    weights = {signal["code"]: signal["weight"] for signal in answer["risk"]["signals"]}
    return float(weights.get("source_under_suspicion", 0.0))


def mistyping_once(town: Town) -> list[Event]:
    """Six fail, and get in seconds later."""
    events = []
    for owner in range(6):
        events += [town.mistypes(owner, 20 * owner), town.of(owner, 20 * owner + 8)]
    return events


@pytest.mark.parametrize("post", [one_by_one, together])
@pytest.mark.parametrize("again", [{}, {"device_id": "another"}])
def test_owners_who_mistype_and_get_in_say_nothing_of_their_carriers_address(
    wallet: httpx.Client, post: Post, again: dict[str, Any]
):
    town = Town(wallet, owners=12)
    post(wallet, mistyping_once(town))
    assert town.newcomer()["decision"] == "allow"
    assert town.newcomer(event_id="with-otp", amr=["pwd", "otp"], **again)["decision"] == "allow"
    new_phone = town.of(
        11, 300, device_id="bought", user_agent="UWallet/5.2.0 (Android 14; HUAWEI ALN-AL00; zh_CN)"
    )
    (answer,) = town.post(new_phone)
    assert answer["decision"] != "deny"
    assert suspicion(answer) == 0


def test_a_batch_of_failures_and_what_mends_them_is_judged_as_one_by_one(wallet: httpx.Client):
    """Mended and not, before and after, in one minute and in several."""
    found = []
    for post in (one_by_one, together):
        town = Town(wallet, owners=20)
        fails = [town.mistypes(owner, 7 * owner) for owner in range(9)]
        mends = [town.of(owner, 70 + owner) for owner in range(3)]
        relapse = [town.mistypes(0, 71), town.mistypes(1, 130)]
        enters = [town.of(owner, 140 + owner) for owner in range(10, 15)]
        last = [town.of("new", 170), town.of(16, 171, device_id="other")]
        answers = post(wallet, [*fails, *mends, *relapse, *enters, *last])
        (later,) = town.post(town.of("newer", 200))
        found.append([(suspicion(one), one["decision"], sorted(codes(one))) for one in [*answers, later]])
    assert found[0] == found[1]
    assert any(weight > 0 for weight, *_ in found[0])


def test_few_who_fail_among_many_who_get_in_are_an_office(wallet: httpx.Client):
    town = Town(wallet, owners=36)
    events = []
    for owner in range(30):
        events.append(town.of(owner, 8 * owner))
        if owner % 5 == 0:
            events.append(town.mistypes(30 + owner // 5, 8 * owner - 2))
    town.post(*events)
    assert suspicion(town.newcomer()) == 0


def test_most_who_fail_are_an_attack_and_a_first_login_there_is_challenged_at_most(wallet: httpx.Client):
    town = Town(wallet, owners=36)
    town.post(*(town.mistypes(owner, 8 * owner) for owner in range(30)))
    newcomer = town.newcomer()
    assert suspicion(newcomer) > 0
    assert newcomer["decision"] == "challenge"
    (proven,) = town.post(town.of("proven", 245, amr=["pwd", "otp"]))
    assert proven["decision"] == "allow"
    at_home, new_phone = town.post(town.of(31, 250), town.of(32, 251, device_id="bought"))
    assert at_home["decision"] == "allow"
    assert new_phone["decision"] != "deny"
    assert suspicion(new_phone) > suspicion(at_home) / 2 > 0


def test_who_fails_on_many_accounts_and_is_strange_to_the_next_is_denied(wallet: httpx.Client):
    town = Town(wallet, owners=7)
    strange = {"ip": "198.51.100.200", "geo": LAGOS, "device_id": None}
    town.post(*(town.mistypes(owner, 5 * owner, **strange) for owner in range(6)))
    (answer,) = town.post(takeover(f"{town.name}-6", after=NOW + timedelta(minutes=1), ip=strange["ip"]))
    assert answer["decision"] == "deny"


def test_what_an_attacker_fails_elsewhere_is_not_mended_by_the_owners_own_login(wallet: httpx.Client):
    town = Town(wallet, owners=7)
    elsewhere = {"ip": "192.0.2.201", "geo": LAGOS, "device_id": None}
    for owner in range(6):
        town.post(town.mistypes(owner, 5 * owner, **elsewhere), town.of(owner, 5 * owner + 1))
    (answer,) = town.post(takeover(f"{town.name}-6", after=NOW + timedelta(minutes=1), ip=elsewhere["ip"]))
    assert suspicion(answer) > 0


def test_strangers_who_get_in_speak_for_no_address(wallet: httpx.Client):
    """Whoever fails on many could bring accounts of their own: new ones count for nothing."""
    town = Town(wallet, owners=8)
    town.post(*(town.mistypes(owner, 5 * owner) for owner in range(7)))
    town.post(*(town.of(f"bought-{number}", 40 + number, amr=["pwd", "otp"]) for number in range(12)))
    assert suspicion(town.newcomer()) > 0


def test_marks_go_with_their_account(service: Service, wallet: httpx.Client):
    town = Town(wallet, owners=3)
    town.post(town.mistypes(0, 0), town.of(1, 5), town.of(2, 6))
    name = f"{town.name}-1"
    with service.work(write=False) as work:
        marks = select(func.count()).where(EntryMark.account_id == name)
        assert work.session.scalar(marks) == 2
    wallet.delete(f"/v1/accounts/{name}").raise_for_status()
    with service.work(write=False) as work:
        assert work.session.scalar(marks) == 0
