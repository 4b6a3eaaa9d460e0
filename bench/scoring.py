"""One score alone: a known login against a profile as full as it gets, beside the same plain formula."""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from msgspec.structs import replace

from bench import report
from bench.running import Running
from secmon.risk.assess import assess
from secmon.risk.login import Login, Recognition, Tallies
from secmon.risk.population import Population
from secmon.risk.profile import Profile
from secmon.risk.shipped import DEFAULT_POLICY

LOGINS = 300
ROUNDS, TIMES = 7, 2_000
START = datetime(2026, 6, 1, tzinfo=UTC)
_LOGIN = Login(
    account_id="acct-1",
    occurred_at=START,
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
# (value, the owner's counts, everybody's) for the twelve levels of the formula.
_COUNTED = [(f"value-{n}", {f"value-{n}": 20.0 + n}, {f"value-{n}": 900.0}) for n in range(12)]


def run(_service: Running) -> None:
    """Prints the microseconds of a score, and of reading and writing the profile that it needs."""
    report.section("One score alone, one core, a full profile")
    profile, population = _profile(), _population()
    stored = profile.encode()
    login = replace(_LOGIN, occurred_at=START + timedelta(hours=10 * LOGINS + 5))
    floor = _microseconds(_plain)
    score = _microseconds(lambda: assess(login, profile, Tallies(), population, DEFAULT_POLICY))
    report.line("a score, all signals", score, "µs", floor=floor, floor_name="plain formula", goal="<= 30")
    report.line("   reading the profile", _microseconds(lambda: Profile.decode(stored)), "µs")
    report.line("   writing it", _microseconds(profile.encode), "µs")
    report.line("   the profile", len(stored), "bytes")


def _profile() -> Profile:
    """An owner of many addresses: every level that can be full is."""
    profile = Profile()
    for number in range(LOGINS):
        network = f"100.{64 + number % 9}.{number % 90}"
        visit = replace(
            _LOGIN,
            occurred_at=START + timedelta(hours=10 * number),
            ip=f"{network}.{number % 250 + 1}",
            network=f"{network}.0/24",
            client_major=str(5 + number // 100),
        )
        profile.learn(visit)
    return profile


def _population() -> Population:
    """As a web process holds it in a wallet of a million logins."""
    many = {f"100.{n // 250}.{n % 250}.0/24": 1e6 / (n + 10) for n in range(4_000)}
    counts = {"net": many, "asn": {"4134": 6e5}, "cc": {"CN": 9e5}}
    return Population(counts, dict.fromkeys(counts, 1e6))


def _plain() -> float:
    """The likelihood ratio of the paper over as many levels, and nothing else."""
    evidence = sum(
        math.log(((everybody.get(value, 0.0) + 1) / 1e6) / ((owner.get(value, 0.0) + 1e-3) / LOGINS))
        for value, owner, everybody in _COUNTED
    )
    return 1 / (1 + math.exp(-evidence))


def _microseconds(do: Callable[[], object]) -> float:
    """Of the processor, and the best of some rounds: what disturbs only adds."""
    best = math.inf
    for _ in range(ROUNDS):
        started = time.process_time()
        for _ in range(TIMES):
            do()
        best = min(best, time.process_time() - started)
    return best / TIMES * 1e6
