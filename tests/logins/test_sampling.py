"""A sample of logins is bounded, and every login is as likely in it as any other."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import insert

from secmon.logins import sampling
from secmon.logins.models import StoredLogin
from tests.databases import fresh_database
from tests.service import START, Service

SINCE = START - timedelta(days=30)
ANSWER = {"risk": {"score": 0.2, "level": "low", "policy_version": 0, "signals": []}}


@pytest.fixture(params=["sqlite", "postgresql"])
def own(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Service]:
    service = Service(fresh_database(request.param), tmp_path)
    yield service
    service.stop()


def stored(number: int, received_at: datetime, **changes: Any) -> dict[str, Any]:
    row = {
        "account_id": f"acct-{number}",
        "event_id": "evt-1",
        "occurred_at": received_at,
        "received_at": received_at,
        "outcome": "success",
        "ip": "203.0.113.7",
        "user_agent": "UWallet/5.2",
        "decision": "allow",
        "learnt": True,
        "assessment": json.dumps(ANSWER),
    }
    return row | changes


def keep(service: Service, rows: list[dict[str, Any]]) -> None:
    with service.work() as work:
        work.session.execute(insert(StoredLogin), rows)


def days_and_nights(logins: int) -> list[dict[str, Any]]:
    """Nine logins of ten come by day, in the twelve hours from midnight UTC on."""
    rows = []
    for number in range(logins):
        day, part = divmod(number, logins // 30)
        by_day = number % 10 != 0
        hour = 12 * part / (logins // 30) + (0 if by_day else 12)
        at = SINCE.replace(hour=0) + timedelta(days=day, hours=hour)
        rows.append(stored(number, at, challenge="passed" if by_day else None))
    return rows


def test_of_few_logins_all_are_read(own: Service) -> None:
    keep(own, [stored(number, SINCE + timedelta(hours=number)) for number in range(100)])
    with own.work(write=False) as work:
        found, share = sampling.sampled(work, SINCE, START, wanted=100)
        assert (len(found), share) == (100, 1.0)
        # From the first instant on, and not with the last.
        found, _ = sampling.sampled(work, SINCE + timedelta(hours=1), SINCE + timedelta(hours=9), wanted=100)
        assert len(found) == 8


def test_of_many_logins_about_as_many_are_read_as_wanted_and_none_twice(own: Service) -> None:
    keep(own, days_and_nights(6_000))
    with own.work(write=False) as work:
        found, share = sampling.sampled(work, SINCE.replace(hour=0), START.replace(hour=0), wanted=600)
    assert 300 <= len(found) <= 1_200
    assert len(found) == len({login.account_id for login in found})
    assert len(found) / share == pytest.approx(6_000, rel=0.1)
    # As many by night as there are.
    assert Counter(login.challenge for login in found)[None] / len(found) == pytest.approx(0.1, abs=0.04)


def test_failures_imports_and_history_are_left_out(own: Service) -> None:
    at = START - timedelta(days=1)
    keep(
        own,
        [
            stored(1, at),
            stored(2, at, outcome="failure"),
            stored(3, at, imported=True),
            stored(4, at, occurred_at=at - timedelta(days=31)),
            stored(5, at, decision="deny", outcome="failure"),
        ],
    )
    with own.work(write=False) as work:
        found, _ = sampling.sampled(work, SINCE, START)
        assert [login.account_id for login in found] == ["acct-1"]
        assert list(sampling.not_allowed(work, SINCE, START, 10)) == []


def test_how_much_is_known_of_an_account_is_told_as_of_the_login(own: Service) -> None:
    at = START - timedelta(days=1)
    keep(own, [stored(1, at + timedelta(minutes=nth), event_id=f"evt-{nth}") for nth in range(40)])
    keep(own, [stored(2, at)])
    with own.work(write=False) as work:
        found, _ = sampling.sampled(work, SINCE, START)
    before = {(login.account_id, login.event_id): login.logins_before for login in found}
    assert [before["acct-1", f"evt-{nth}"] for nth in (0, 1, 29, 30, 39)] == [0, 1, 29, 30, 30]
    assert before["acct-2", "evt-1"] == 0


def test_no_account_is_more_than_a_part_of_the_scores(own: Service) -> None:
    at = START - timedelta(days=1)
    many = sampling.MOST_AN_ACCOUNT + 50
    keep(own, [stored(1, at + timedelta(minutes=nth), event_id=f"evt-{nth}") for nth in range(many)])
    with own.work(write=False) as work:
        assert len(sampling.scores(work, SINCE, START, {0}).logins) == sampling.MOST_AN_ACCOUNT
        assert len(sampling.scores(work, SINCE, START, {1}).logins) == 0


def test_logins_that_were_not_let_in_come_from_their_index(own: Service) -> None:
    at = START - timedelta(days=1)
    decisions = ["allow", "challenge", "deny", "allow"]
    keep(own, [stored(number, at, decision=decision) for number, decision in enumerate(decisions)])
    with own.work(write=False) as work:
        found = sampling.not_allowed(work, SINCE, START, 10)
        assert sorted(login.account_id for login in found) == ["acct-1", "acct-2"]
        assert len(list(sampling.not_allowed(work, SINCE, START, 1))) == 1
        named = sampling.named(work, [("acct-0", "evt-1"), ("acct-2", "evt-1"), ("acct-9", "evt-1")])
        assert sorted(login.account_id for login in named) == ["acct-0", "acct-2"]
