"""What was owed before an e-mail was replaced goes to the address of its time: a thief's own gets no link."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import pytest

from secmon.outbox import deliveries
from secmon.outbox.delivering import Delivering
from secmon.settings.smtp_server import Security
from secmon.settings.smtp_server import SmtpServer as Named
from secmon.worker.duties import delivering
from tests.databases import fresh_database
from tests.logins.factories import login, takeover
from tests.mail.smtp_server import ACCEPTED, SmtpServer
from tests.service import Service

OWNER, THIEF, THIRD = "li@example.com", "thief@example.com", "third@example.com"
ALERT, CHANGE = "New login to your wallet", "Your e-mail address was changed"


@dataclass
class Mailed:
    """A service, its mail server, and the duty that goes between them."""

    service: Service
    smtp: SmtpServer
    duty: Delivering

    def put(self, email: str | None) -> None:
        with self.service.client("wallet") as wallet:
            told = {"locale": "en", "email": email}
            wallet.put("/v1/accounts/acct-1", json=told).raise_for_status()

    def alert(self) -> None:
        with self.service.client("wallet") as wallet:
            for event in (login("acct-1"), takeover("acct-1")):
                answer = wallet.post("/v1/login-events", json=event).raise_for_status().json()
        assert answer["alert_id"]

    def deliver(self) -> None:
        self.duty.drain(self.service.database)

    def letters(self, subject: str) -> dict[str, str]:
        """The texts with that subject, by recipient."""
        return {
            recipient: letter.as_string()
            for recipient, letter in self.smtp.letters
            if letter["Subject"] == subject
        }


@pytest.fixture(params=["sqlite", "postgresql"])
def mailed(
    request: pytest.FixtureRequest, smtp: SmtpServer, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> Iterator[Mailed]:
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "certificate.pem"))
    named = Named("127.0.0.1", smtp.port, Security.STARTTLS)
    sender = "security@wallet.example"
    service = Service(fresh_database(request.param), tmp_path, smtp_server=named, mail_from=sender)
    duty = delivering(service.settings, service.database)
    yield Mailed(service, smtp, duty)
    duty.stop()
    service.stop()


@pytest.mark.parametrize("made_out", [True, False])
def test_a_waiting_alert_goes_to_the_address_of_its_time(mailed: Mailed, made_out: bool) -> None:
    mailed.put(OWNER)
    mailed.smtp.says = "451 not now"
    mailed.alert()
    if made_out:
        mailed.deliver()
    mailed.service.clock.advance(timedelta(minutes=1))
    mailed.put(THIEF)
    mailed.service.clock.advance(timedelta(minutes=1))
    mailed.put(THIRD)
    mailed.smtp.says = ACCEPTED
    mailed.service.clock.advance(timedelta(minutes=10))
    mailed.deliver()
    alerts = mailed.letters(ALERT)
    assert alerts.keys() == {OWNER}
    assert re.search(r"http://\S+/alerts/\S+", alerts[OWNER])
    assert {OWNER, THIEF, THIRD} == mailed.letters(CHANGE).keys()


def test_a_change_that_waited_is_not_told_to_the_address_after_the_next(mailed: Mailed) -> None:
    mailed.put(OWNER)
    mailed.smtp.says = "451 not now"
    for email in (THIEF, THIRD):
        mailed.service.clock.advance(timedelta(minutes=1))
        mailed.put(email)
        mailed.deliver()
    mailed.smtp.says = ACCEPTED
    mailed.service.clock.advance(timedelta(minutes=10))
    mailed.deliver()
    told = Counter(recipient for recipient, letter in mailed.smtp.letters if letter["Subject"] == CHANGE)
    assert told == {OWNER: 1, THIEF: 1, THIRD: 1}


def test_a_first_address_is_not_told_of_what_happened_before_it(mailed: Mailed) -> None:
    mailed.put(None)
    mailed.alert()
    mailed.service.clock.advance(timedelta(minutes=1))
    mailed.put(THIEF)
    mailed.deliver()
    assert mailed.smtp.letters == []
    with mailed.service.work(write=False) as work:
        # Nothing was given up, for nobody begins again with it.
        assert deliveries.backlogs(work) == []


def test_a_letter_waits_for_no_address_that_was_taken_away(mailed: Mailed) -> None:
    mailed.put(OWNER)
    mailed.smtp.says = "451 not now"
    mailed.alert()
    mailed.deliver()
    mailed.service.clock.advance(timedelta(minutes=10))
    mailed.put(None)
    mailed.smtp.says = ACCEPTED
    mailed.deliver()
    assert mailed.letters(ALERT).keys() == {OWNER}


def test_what_is_owed_from_the_change_on_goes_to_the_new_address(mailed: Mailed) -> None:
    mailed.put(OWNER)
    mailed.service.clock.advance(timedelta(minutes=1))
    mailed.put(THIRD)
    mailed.alert()
    mailed.deliver()
    assert mailed.letters(CHANGE).keys() == {OWNER, THIRD}
    assert mailed.letters(ALERT).keys() == {THIRD}
