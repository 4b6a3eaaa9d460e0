"""A batch is judged as if its events had come one by one."""

from __future__ import annotations

import itertools
import json
import re
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from secmon.devices.user_agents import UserAgentReader
from secmon.logins import account_state
from secmon.policies.service import Policies
from secmon.policies.versions import in_force
from secmon.risk.population import Population
from secmon.simulation.service import event_of
from secmon.trials.backtesting import logins_of
from secmon.trials.replay import Replay
from tests.databases import fresh_database
from tests.logins.factories import BEIJING, LAGOS, login, takeover
from tests.service import Service

_worlds = itertools.count(1)

# What may happen, in any order, to a handful of accounts that share networks and devices.
STEP = st.fixed_dictionaries(
    {
        "account": st.integers(0, 3),
        "hour": st.integers(0, 5),
        "outcome": st.sampled_from(["success", "success", "failure"]),
        "network": st.integers(1, 2),
        "host": st.integers(1, 2),
        "device": st.sampled_from([None, "a", "b"]),
        "phone": st.sampled_from(["Xiaomi 2201123C", "HUAWEI ALN-AL00"]),
        "app": st.sampled_from(["5.2.0", "5.3.0"]),
        "system": st.sampled_from(["13", "14"]),
        "geo": st.sampled_from([BEIJING, BEIJING, LAGOS, None]),
        "amr": st.sampled_from([["pwd"], ["pwd"], ["pwd", "otp"]]),
        "challenge": st.sampled_from([None, "passed", "failed"]),
    }
)


SEEN_IN_BEIJING: dict[str, Any] = {
    "account": 0,
    "hour": 0,
    "outcome": "success",
    "network": 1,
    "host": 1,
    "device": "a",
    "phone": "Xiaomi 2201123C",
    "app": "5.2.0",
    "system": "13",
    "geo": BEIJING,
    "amr": ["pwd"],
    "challenge": None,
}
# The same install with a newer system, a moment later and a continent away.
SEEN_IN_LAGOS = {**SEEN_IN_BEIJING, "network": 2, "system": "14", "geo": LAGOS}
# The install copied to another handset; an app that names no install on such a handset, proven; the copy.
COPIED = {**SEEN_IN_LAGOS, "phone": "HUAWEI ALN-AL00"}
UNNAMED = {**COPIED, "device": None, "amr": ["pwd", "otp"]}


def _events(world: int, steps: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The steps in a world of their own: its accounts, devices and networks are no other world's."""
    return [
        login(
            f"w{world}-{step['account']}",
            event_id=f"e{number}",
            after=timedelta(hours=step["hour"], seconds=number),
            outcome=step["outcome"],
            failure_reason="bad_password" if step["outcome"] == "failure" else None,
            ip=f"{_prefix(world, step['network'])}.{step['host']}",
            device_id=step["device"] and f"w{world}-{step['device']}",
            user_agent=f"UWallet/{step['app']} (Android {step['system']}; {step['phone']}; zh_CN)",
            geo=step["geo"],
            amr=step["amr"],
        )
        for number, step in enumerate(steps)
    ]


def _prefix(world: int, network: int) -> str:
    number = world * 2 + network - 1
    return f"10.{number // 256}.{number % 256}"


def _comparable(assessment: dict[str, Any], world: int) -> str:
    """The assessment without what names its world."""
    text = json.dumps({**assessment, "alert_id": assessment["alert_id"] is not None}, sort_keys=True)
    for network in (1, 2):
        text = text.replace(f"{_prefix(world, network)}.", f"network {network}.")
    return text.replace(f"w{world}-", "")


def _one_by_one(wallet: httpx.Client, events: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [wallet.post("/v1/login-events", json=event).json() for event in events]


def _together(wallet: httpx.Client, events: list[dict[str, Any]]) -> list[dict[str, Any]]:
    answer = wallet.post("/v1/login-events/batch", json={"events": events})
    assert [result["status"] for result in answer.json()["results"]] == ["created"] * len(events)
    return [result["assessment"] for result in answer.json()["results"]]


def _settle(wallet: httpx.Client, steps: list[dict[str, Any]], judged: list[dict[str, Any]]) -> None:
    for step, one in zip(steps, judged, strict=True):
        if step["challenge"] and step["outcome"] == "success" and one["decision"] == "challenge":
            path = f"/v1/accounts/{one['account_id']}/login-events/{one['event_id']}/challenge"
            wallet.post(path, json={"outcome": step["challenge"], "method": "otp"}).raise_for_status()


def _devices(wallet: httpx.Client, world: int) -> str:
    """What the accounts' devices have come to be known as."""
    paths = [f"/v1/accounts/w{world}-{account}/devices" for account in range(4)]
    listed = [wallet.get(path).json().get("items", []) for path in paths]
    for items in listed:
        items.sort(key=lambda device: device["first_seen_at"])
    return json.dumps(listed).replace(f"w{world}-", "")


Report = Callable[[httpx.Client, list[dict[str, Any]]], list[dict[str, Any]]]


def _lived(wallet: httpx.Client, report: Report, *halves: list[dict[str, Any]]) -> list[str]:
    """Everything that was answered in a world, challenges settled after each half; and its devices."""
    world = next(_worlds)
    events = _events(world, [step for half in halves for step in half])
    found = []
    for steps in halves:
        now, events = events[: len(steps)], events[len(steps) :]
        judged = report(wallet, now) if now else []
        _settle(wallet, steps, judged)
        found += [_comparable(one, world) for one in judged]
    return _numbered([*found, _devices(wallet, world)])


def _numbered(texts: list[str]) -> list[str]:
    """Derived keys of devices in the order in which they come up: each hashes the name of its world."""
    numbers: dict[str, int] = {}
    return [
        re.sub(
            "(?:traits|install):[0-9a-f]+",
            lambda key: f"derived {numbers.setdefault(key[0], len(numbers))}",
            text,
        )
        for text in texts
    ]


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(before=st.lists(STEP, min_size=1, max_size=10), after=st.lists(STEP, max_size=6))
@example(before=[SEEN_IN_BEIJING, SEEN_IN_LAGOS], after=[])
@example(before=[SEEN_IN_BEIJING, COPIED, UNNAMED, COPIED], after=[COPIED])
def test_a_batch_is_judged_as_one_by_one(
    service: Service, before: list[dict[str, Any]], after: list[dict[str, Any]]
) -> None:
    with service.client("wallet") as wallet:
        assert _lived(wallet, _one_by_one, before, after) == _lived(wallet, _together, before, after)


@pytest.fixture(params=["sqlite", "postgresql"])
def own(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Service]:
    """A service whose population nobody has filled: the replay knows none."""
    service = Service(fresh_database(request.param), tmp_path)
    yield service
    service.stop()


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=st.lists(STEP, min_size=1, max_size=12))
@example(steps=[SEEN_IN_BEIJING, SEEN_IN_LAGOS])
@example(steps=[SEEN_IN_BEIJING, COPIED, UNNAMED, COPIED, COPIED])
def test_single_logins_a_batch_and_a_backtest_leave_the_same_memory(
    own: Service, steps: list[dict[str, Any]]
) -> None:
    """A backtest goes through the logins in the order in which they happened, so they come in it."""
    in_order = sorted(steps, key=lambda step: int(step["hour"]))
    with own.client("wallet") as wallet:
        for report in (_one_by_one, _together):
            world = next(_worlds)
            report(wallet, _events(world, in_order))
            for account in {step["account"] for step in in_order}:
                _assert_replayed(own, f"w{world}-{account}")


def _assert_replayed(service: Service, account_id: str) -> None:
    """What is stored of the account is what the pure replay of its logins comes to know."""
    policies = Policies()
    with service.work(write=False) as work:
        policy = policies.at(work, in_force(work))
        replay = Replay(policy, Population.empty(), UserAgentReader(("UWallet",)))
        for past in logins_of(work, account_id, None, policies):
            replay.judge(past)
        stored = account_state.read(work, event_of(login(account_id)), lock=False).memory
    replayed = replay.memory
    assert stored.profile == replayed.profile
    assert list(stored.devices) == list(replayed.devices)
    assert (stored.frozen, stored.returned) == (replayed.frozen, replayed.returned)


def test_a_login_that_nobody_has_proven_changes_nothing_of_a_known_device(
    wallet: httpx.Client, account_id: str
) -> None:
    """A copied device_id with a newer system, from afar: once only told as the phone's own update."""
    wallet.post("/v1/login-events", json=login(account_id))
    path = f"/v1/accounts/{account_id}/devices"
    before = wallet.get(path).json()
    newer = {
        "user_agent": "UWallet/9.0.0 (Android 19; Xiaomi 2201123C; zh_CN)",
        "device_id": f"ins-{account_id}",
    }
    for report in (_one_by_one, _together):
        (judged,) = report(wallet, [takeover(account_id, **newer)])
        assert (judged["decision"], judged["device"]["recognition"]) == ("challenge", "updated")
        assert wallet.get(path).json() == before


def test_one_bad_event_hurts_no_neighbour(wallet: httpx.Client, account_id: str) -> None:
    good, bad, duplicate = login(account_id), login(account_id, ip="x"), login(account_id)
    wallet.post("/v1/login-events", json=duplicate)
    answer = wallet.post("/v1/login-events/batch", json={"events": [good, bad, 7, duplicate, good]})
    results = answer.json()["results"]
    assert [result["status"] for result in results] == [
        "created",
        "invalid",
        "invalid",
        "duplicate",
        "duplicate",
    ]
    assert results[1]["errors"] == [{"pointer": "/events/1/ip", "message": "Must be an IPv4 or IPv6 address"}]
    assert [result["index"] for result in results] == [0, 1, 2, 3, 4]
