"""F10: the mail server is away, and then refuses: nobody waits for it, and its letters follow once."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import pytest
from sqlalchemy import func, select, update

from secmon.core.actor import SYSTEM
from secmon.outbox import deliveries
from secmon.outbox.kinds import DeliveryState
from secmon.outbox.models import Delivery
from secmon.outbox.sending import EMAIL
from tests.faults import asking
from tests.faults.site import Site, running_site
from tests.faults.waiting import until
from tests.mail.smtp_server import ACCEPTED, SmtpServer
from tests.twofactor.owner import Owner
from tests.twofactor.real_clock import RealClock, enrol_with_the_step_before

ROBBED, OTHER = "acct-robbed", "acct-other"
# The ids of each account's letters, in order.
Letters = dict[str, list[str]]


@pytest.fixture
def smtp(tmp_path: Path) -> Iterator[SmtpServer]:
    """Away until it is started."""
    server = SmtpServer(tmp_path)
    yield server
    server.stop()


@pytest.fixture
def mailing(database_url: str, tmp_path: Path, smtp: SmtpServer) -> Iterator[Site]:
    """The service, its worker told to send mail."""
    settings = {
        "SECMON_SMTP_URL": f"smtp://127.0.0.1:{smtp.port}",
        "SECMON_MAIL_FROM": "security@wallet.example",
        "SSL_CERT_FILE": smtp.certificate_file,
    }
    with running_site(database_url, tmp_path, **settings) as site:
        yield site


def test_F10_freezing_and_verifying_go_on_and_letters_follow_once(mailing: Site, smtp: SmtpServer) -> None:
    with mailing.client("wallet") as wallet:
        owner = Owner(wallet, RealClock(), OTHER)
        for account_id in (ROBBED, OTHER):
            told = {"email": f"{account_id}@example.com", "locale": "en"}
            wallet.put(f"/v1/accounts/{account_id}", json=told).raise_for_status()
        enrol_with_the_step_before(owner)
        until(lambda: _tried_in_vain(mailing) >= 1, "a letter was tried", tell=mailing.said)
        _freeze(wallet, ROBBED)
        smtp.says = "451 not now"
        smtp.start()
        _until_tried(mailing, lambda: smtp.refused >= 2, "letters were refused")
        assert owner.verify().status_code == 200
        _freeze(wallet, OTHER)
    assert smtp.letters == []
    smtp.says = ACCEPTED
    _until_tried(mailing, lambda: _owes_nothing(mailing), "all letters were sent")
    mailing.stop()
    assert _received(smtp) == _made_out(mailing)
    # The freeze; for the other one its factor as well, and what is held because of that.
    assert {account_id: len(letters) for account_id, letters in _received(smtp).items()} == {
        ROBBED: 1,
        OTHER: 3,
    }


def _freeze(wallet: httpx.Client, account_id: str) -> None:
    answer = asking.freeze(account_id).send(wallet)
    assert answer is not None
    assert answer.status_code == 201
    gate = asking.standing(account_id).send(wallet)
    assert gate is not None
    assert not gate.json()["allowed"]


def _until_tried(site: Site, holds: Callable[[], bool], what: str) -> None:
    """The worker tries again at once what it would try again in minutes."""

    def tried() -> bool:
        waits = (
            Delivery.receiver == EMAIL,
            Delivery.state == DeliveryState.PENDING,
            Delivery.lease_id.is_(None),
        )
        with site.database.work(SYSTEM) as work:
            work.session.execute(update(Delivery).where(*waits).values(due_at=work.now))
        return holds()

    until(tried, what, tell=site.said)


def _tried_in_vain(site: Site) -> int:
    """How many letters were tried, and not sent."""
    tried = Delivery.attempts > 0, Delivery.state == DeliveryState.PENDING
    with site.database.work(SYSTEM, write=False) as work:
        return work.session.scalar(select(func.count()).select_from(Delivery).where(*tried)) or 0


def _owes_nothing(site: Site) -> bool:
    with site.database.work(SYSTEM, write=False) as work:
        return not deliveries.backlogs(work) and deliveries.unspread(work).messages == 0


def _made_out(site: Site) -> Letters:
    query = select(Delivery.account_id, Delivery.message_id).where(Delivery.receiver == EMAIL)
    letters: Letters = defaultdict(list)
    with site.database.work(SYSTEM, write=False) as work:
        for account_id, message_id in work.session.execute(query.order_by(Delivery.position)):
            letters[account_id].append(str(message_id))
    return letters


def _received(smtp: SmtpServer) -> Letters:
    """Every letter, each time that it came."""
    letters: Letters = defaultdict(list)
    for recipient, letter in smtp.letters:
        letters[recipient.partition("@")[0]].append(letter["Message-ID"].strip("<>").partition("@")[0])
    return letters
