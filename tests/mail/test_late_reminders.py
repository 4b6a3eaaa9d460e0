"""A reminder that waited for the mail server is sent in waking hours, and only if it is still true."""

from __future__ import annotations

from datetime import timedelta

import pytest

from secmon.credentials import reminders
from secmon.outbox import deliveries
from secmon.outbox import service as outbox
from secmon.outbox.kinds import Kind
from tests.credentials.owner import REMINDING
from tests.mail.smtp_server import ACCEPTED
from tests.mail.test_replaced_address import OWNER, Mailed, mailed
from tests.service import START

__all__ = ["mailed"]
REMINDER = "Time to look at your password"


@pytest.fixture
def waiting(mailed: Mailed) -> Mailed:
    """Ten in the morning where the owner lives; a reminder is owed, and the mail server refuses it."""
    mailed.put(OWNER)
    with mailed.service.client("wallet") as wallet:
        dated = {"password_changed_at": (START - timedelta(days=90)).isoformat()}
        wallet.put("/v1/accounts/acct-1", json=dated).raise_for_status()
    while reminders.run(mailed.service.database, REMINDING):
        pass
    mailed.smtp.says = "451 not now"
    mailed.deliver()
    mailed.smtp.says = ACCEPTED
    return mailed


def owed(mailed: Mailed) -> list[int]:
    with mailed.service.work(write=False) as work:
        return [backlog.pending + backlog.dead for backlog in deliveries.backlogs(work)]


def test_it_is_put_off_at_night_and_holds_up_no_other(waiting: Mailed) -> None:
    waiting.service.clock.now = START + timedelta(hours=12)
    waiting.deliver()
    assert (waiting.letters(REMINDER), owed(waiting)) == ({}, [1])
    with waiting.service.work() as work:
        outbox.owe(work, "acct-1", Kind.DEVICE_FORGOTTEN, {})
    waiting.deliver()
    assert waiting.letters("A device was removed").keys() == {OWNER}
    waiting.service.clock.now = START + timedelta(hours=23)
    waiting.deliver()
    assert waiting.letters(REMINDER).keys() == {OWNER}
    assert owed(waiting) == []


def test_it_is_dropped_once_the_password_was_changed(waiting: Mailed) -> None:
    waiting.service.clock.advance(timedelta(minutes=10))
    with waiting.service.client("wallet") as wallet:
        change = {"event_id": "c-1", "occurred_at": waiting.service.clock.now.isoformat()}
        change |= {"credential": "password", "method": "user"}
        path = "/v1/accounts/acct-1/credential-changes"
        wallet.post(path, json=change).raise_for_status()
    waiting.deliver()
    assert (waiting.letters(REMINDER), owed(waiting)) == ({}, [])
    assert waiting.letters("Your password was changed").keys() == {OWNER}


def test_it_is_dropped_once_it_was_dismissed(waiting: Mailed) -> None:
    waiting.service.clock.advance(timedelta(minutes=10))
    with waiting.service.client("wallet") as wallet:
        wallet.post("/v1/accounts/acct-1/password/reminder/dismiss").raise_for_status()
    waiting.deliver()
    assert (waiting.letters(REMINDER), owed(waiting)) == ({}, [])


def test_it_is_sent_where_nothing_happened(waiting: Mailed) -> None:
    waiting.service.clock.advance(timedelta(minutes=10))
    waiting.deliver()
    assert waiting.letters(REMINDER).keys() == {OWNER}
