"""Owners with an address on file are told; a change of address is told to both."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from secmon.accounts import contacts
from secmon.accounts import service as accounts
from secmon.accounts.contacts import Contact
from secmon.core.actor import SYSTEM
from secmon.database.engine import Database, make_engine
from secmon.outbox import service as outbox
from secmon.outbox.delivering import Delivering
from secmon.outbox.kinds import Kind
from secmon.settings.environment import Settings
from secmon.settings.smtp_server import Security
from secmon.settings.smtp_server import SmtpServer as Named
from secmon.worker.duties import delivering
from tests.databases import fresh_database
from tests.mail.smtp_server import SmtpServer
from tests.service import TEST_KEYS, FakeClock


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture(params=["sqlite", "postgresql"])
def database(request: pytest.FixtureRequest, clock: FakeClock) -> Iterator[Database]:
    database = Database(make_engine(fresh_database(request.param)), clock)
    yield database
    database.dispose()


@pytest.fixture
def duty(
    database: Database, smtp: SmtpServer, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> Iterator[Delivering]:
    """The worker's outbox duty as it ships, sending through the test's server."""
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "certificate.pem"))
    named = Named("127.0.0.1", smtp.port, Security.STARTTLS)
    settings = Settings("", TEST_KEYS, tmp_path)
    duty = delivering(replace(settings, smtp_server=named, mail_from="security@wallet.example"), database)
    yield duty
    duty.stop()


def account(database: Database, account_id: str, email: str | None, locale: str = "en") -> None:
    with database.work(SYSTEM) as work:
        row = accounts.lock_or_create(work, account_id)
        row.locale = locale
        row.email = None if email is None else contacts.seal(TEST_KEYS, account_id, Contact.EMAIL, email)


def owe(database: Database, account_id: str, kind: Kind = Kind.ACCOUNT_FROZEN) -> None:
    with database.work(SYSTEM) as work:
        outbox.owe(work, account_id, kind, {})


def test_an_owner_is_told_in_their_language_and_only_where_there_is_an_address(
    database: Database, smtp: SmtpServer, duty: Delivering
):
    account(database, "a", "li@example.com", "zh-CN")
    account(database, "b", "wang@example.com")
    account(database, "c", None)
    for account_id in "abcd":
        owe(database, account_id)
    owe(database, "a", Kind.SESSIONS_REVOKE)
    duty.drain(database)
    subjects = {recipient: str(letter["Subject"]) for recipient, letter in smtp.letters}
    assert subjects == {"li@example.com": "您的账户已冻结", "wang@example.com": "Your account is frozen"}


def test_both_addresses_are_told_of_a_change(database: Database, smtp: SmtpServer, duty: Delivering):
    account(database, "a", "new@example.com")
    former = contacts.seal(TEST_KEYS, "a", Contact.EMAIL, "old@example.com")
    with database.work(SYSTEM) as work:
        outbox.owe(work, "a", Kind.CREDENTIAL_CHANGED, {"credential": "email"}, former_email=former)
    duty.drain(database)
    assert sorted(recipient for recipient, _ in smtp.letters) == ["new@example.com", "old@example.com"]


def test_F10_letters_follow_once_when_the_server_is_back(
    database: Database, clock: FakeClock, smtp: SmtpServer, duty: Delivering
):
    account(database, "a", "li@example.com")
    smtp.says = "451 not now"
    owe(database, "a")
    duty.drain(database)
    owe(database, "a", Kind.ACCOUNT_UNFROZEN)
    duty.drain(database)
    assert smtp.letters == []
    smtp.says = "250 OK"
    for _ in range(3):
        clock.advance(timedelta(minutes=6))
        duty.drain(database)
    subjects = [str(letter["Subject"]) for _, letter in smtp.letters]
    assert subjects == ["Your account is frozen", "Your account can be used again"]
