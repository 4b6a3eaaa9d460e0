"""Sixty made-up devices are six letters and one that sums up; alerts and everything else go on (R47)."""

from __future__ import annotations

import re
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from sqlalchemy import func, select

from secmon.alerts import bounds
from secmon.alerts.models import LetterBound
from secmon.core.actor import SYSTEM
from secmon.outbox import service as outbox
from secmon.outbox.kinds import Kind
from secmon.outbox.models import OwedMessage
from secmon.worker.duties import delivering
from tests.logins.factories import login, takeover
from tests.mail.test_replaced_address import ALERT, OWNER, THIRD, Mailed, mailed
from tests.service import START

__all__ = ["mailed"]
SUMMARY = "More unusual logins to your wallet"
MANY = 60


@pytest.fixture
def owned(mailed: Mailed) -> Mailed:
    """An owner who was there long ago, and whose usual login is known."""
    mailed.put(OWNER)
    mailed.service.clock.now = START
    with mailed.service.client("wallet") as wallet:
        wallet.post("/v1/login-events", json=login("acct-1")).raise_for_status()
    return mailed


def flood(mailed: Mailed, devices: int, account_id: str = "acct-1", mark: str = "a") -> None:
    """A stranger with the password, who makes up a device a login."""
    events = [takeover(account_id, device_id=f"made-up-{mark}-{number}") for number in range(devices)]
    with mailed.service.client("wallet") as wallet:
        answer = wallet.post("/v1/login-events/batch", json={"events": events}).raise_for_status().json()
    assert len({result["assessment"]["alert_id"] for result in answer["results"]}) == devices


def letters(mailed: Mailed) -> Counter[str]:
    return Counter(str(letter["Subject"]) for _, letter in mailed.smtp.letters)


def text_of(mailed: Mailed, subject: str) -> str:
    (letter,) = [letter for _, letter in mailed.smtp.letters if letter["Subject"] == subject]
    body = letter.get_body(("plain",))
    assert body is not None
    return str(body.get_content())


def sum_up(mailed: Mailed) -> None:
    with mailed.service.database.work(SYSTEM) as work:
        bounds.sum_up(work)


def test_A73_sixty_devices_are_six_letters_and_one_that_says_how_many_more(owned: Mailed) -> None:
    flood(owned, MANY)
    owned.deliver()
    sum_up(owned)
    owned.deliver()
    assert letters(owned) == {ALERT: 6}
    owned.service.clock.advance(timedelta(hours=1))
    for _ in range(2):
        sum_up(owned)
        owned.deliver()
    assert letters(owned) == {ALERT: 6, SUMMARY: 1}
    told = text_of(owned, SUMMARY)
    assert "Logins without a letter of their own: 54." in told
    assert "From 2026-11-22 10:00 (Asia/Shanghai) until 2026-11-22 11:00 (Asia/Shanghai)." in told
    assert "http" not in told
    # Every alert was raised, and told to the wallet.
    with owned.service.work(write=False) as work:
        counted = select(func.count()).where(OwedMessage.kind == Kind.LOGIN_ALERT)
        assert work.session.scalar(counted) == MANY


def test_A73_an_hour_is_any_sixty_minutes(owned: Mailed) -> None:
    flood(owned, 3, mark="a")
    owned.deliver()
    owned.service.clock.advance(timedelta(minutes=50))
    flood(owned, 5, mark="b")
    owned.deliver()
    assert letters(owned) == {ALERT: 6}
    owned.service.clock.advance(timedelta(minutes=10))
    flood(owned, 9, mark="c")
    owned.deliver()
    # The first three are an hour old; the three of ten minutes ago still count.
    assert letters(owned) == {ALERT: 9}


def test_A73_the_next_hour_has_its_own_letters_and_its_own_summary(owned: Mailed) -> None:
    for hour in range(2):
        flood(owned, 10, mark=f"hour-{hour}")
        owned.deliver()
        owned.service.clock.advance(timedelta(hours=1))
        sum_up(owned)
        owned.deliver()
        assert letters(owned) == {ALERT: 6 * (hour + 1), SUMMARY: hour + 1}
    assert "own: 4." in str(owned.smtp.letters[-1][1].get_body(("plain",)))


def test_A73_what_was_summed_up_is_not_summed_up_again(owned: Mailed) -> None:
    for mark in ("a", "b"):
        flood(owned, 4, mark=mark)
        owned.deliver()
        owned.service.clock.advance(timedelta(minutes=30))
    for _ in range(4):
        sum_up(owned)
        owned.deliver()
        owned.service.clock.advance(timedelta(minutes=30))
    assert letters(owned) == {ALERT: 6, SUMMARY: 1}
    assert rows(owned) == 0


def test_A73_letters_are_the_first_in_their_order(owned: Mailed) -> None:
    flood(owned, 9)
    owned.deliver()
    with owned.service.work(write=False) as work:
        query = select(OwedMessage.message_id).where(OwedMessage.kind == Kind.LOGIN_ALERT)
        owed = [str(each) for each in work.session.scalars(query.order_by(OwedMessage.position))]
    sent = [str(letter["Message-ID"]).strip("<").partition("@")[0] for _, letter in owned.smtp.letters]
    assert sent == owed[:6]


def test_A73_what_protects_is_never_withheld_and_others_are_not_counted(owned: Mailed) -> None:
    flood(owned, 20)
    with owned.service.client("wallet") as wallet:
        freeze = {"reason": "theft_reported", "channel": "hotline"}
        wallet.post("/v1/accounts/acct-1/freeze", json=freeze).raise_for_status()
    with owned.service.work() as work:
        for _ in range(8):
            outbox.owe(work, "acct-1", Kind.TWO_FACTOR_LOCKED, {})
    owned.deliver()
    assert letters(owned) == {ALERT: 6, "Your account is frozen": 1, "Wrong codes were entered": 8}


def test_A73_one_owners_letters_are_not_anothers(owned: Mailed) -> None:
    with owned.service.client("wallet") as wallet:
        told = {"locale": "en", "email": THIRD}
        wallet.put("/v1/accounts/acct-2", json=told).raise_for_status()
        wallet.post("/v1/login-events", json=login("acct-2")).raise_for_status()
    flood(owned, 20)
    flood(owned, 2, "acct-2", "other")
    owned.deliver()
    assert Counter(to for to, _ in owned.smtp.letters) == {OWNER: 6, THIRD: 2}


def test_A73_two_workers_together_send_no_more(owned: Mailed) -> None:
    flood(owned, MANY)
    workers = [delivering(owned.service.settings, owned.service.database) for _ in range(2)]
    try:
        with ThreadPoolExecutor(2) as pool:
            list(pool.map(lambda worker: worker.drain(owned.service.database), workers))
        owned.service.clock.advance(timedelta(hours=1))
        with ThreadPoolExecutor(2) as pool:
            list(pool.map(lambda _: sum_up(owned), range(2)))
        owned.deliver()
    finally:
        for worker in workers:
            worker.stop()
    assert letters(owned) == {ALERT: 6, SUMMARY: 1}


def test_a_mailbox_that_nobody_writes_to_is_not_counted_for(owned: Mailed) -> None:
    owned.put(None)
    owned.service.clock.advance(timedelta(minutes=1))
    flood(owned, 20)
    owned.deliver()
    assert rows(owned) == 0


def test_a_count_that_says_nothing_more_is_forgotten(owned: Mailed) -> None:
    flood(owned, 2)
    owned.deliver()
    assert rows(owned) == 1
    owned.service.clock.advance(timedelta(hours=1))
    sum_up(owned)
    owned.deliver()
    assert (rows(owned), letters(owned)) == (0, {ALERT: 2})


def test_an_erased_account_is_summed_up_to_nobody(owned: Mailed) -> None:
    flood(owned, 20)
    owned.deliver()
    with owned.service.client("wallet") as wallet:
        wallet.delete("/v1/accounts/acct-1").raise_for_status()
    assert rows(owned) == 0
    with owned.service.work() as work:
        left = {"letters_at": [], "withheld": 3, "withheld_since": START, "due_at": START}
        work.session.add(LetterBound(account_id="acct-1", **left))
    sum_up(owned)
    assert rows(owned) == 0


def test_f11_a_clock_that_was_wrong_withholds_no_letter_for_days(owned: Mailed) -> None:
    owned.service.clock.now = START + timedelta(days=20)
    flood(owned, 7, mark="ahead")
    owned.deliver()
    owned.service.clock.now = START
    flood(owned, 1, mark="now")
    owned.deliver()
    sum_up(owned)
    owned.deliver()
    assert letters(owned) == {ALERT: 7, SUMMARY: 1}
    assert re.search(r"own: 1\.", text_of(owned, SUMMARY))


def rows(mailed: Mailed) -> int:
    with mailed.service.work(write=False) as work:
        return work.session.scalar(select(func.count()).select_from(LetterBound)) or 0
