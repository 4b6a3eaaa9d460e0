"""What the wallet is told by webhook, and what it was owed."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import timedelta
from ipaddress import ip_network

from sqlalchemy import select

from secmon.core.actor import SYSTEM
from secmon.core.clock import system_clock
from secmon.database.engine import Database
from secmon.outbox.claiming import LEASE
from secmon.outbox.delivering import Delivering
from secmon.outbox.kinds import Kind
from secmon.outbox.models import OwedMessage
from secmon.webhooks.couriers import WebhookCouriers, subscribed
from secmon.webhooks.service import Webhooks
from tests.faults.site import Site
from tests.receiver import Receiver
from tests.service import TEST_KEYS, FakeClock

CHOSEN = Webhooks(TEST_KEYS, (ip_network("127.0.0.0/8"),))

# The ids of each account's messages, in order.
Messages = dict[str, list[str]]


def subscribe(site: Site, receiver: Receiver) -> None:
    """The receiver is told of everything from now on."""
    body = {"url": receiver.url, "events": [str(kind) for kind in Kind]}
    with site.client("admin") as admin:
        admin.post("/v1/webhook-endpoints", json=body).raise_for_status()


def deliver_the_rest(site: Site) -> None:
    """What a worker would send once the leases of those that were killed have run out."""
    clock = FakeClock(system_clock())
    duty = Delivering(subscribed, WebhookCouriers(CHOSEN))
    for _ in range(2):
        duty.drain(Database(site.database.engine, clock))
        clock.advance(LEASE + timedelta(seconds=1))
    duty.stop()


def owed(site: Site) -> Messages:
    """All messages there are, in the order in which they were owed."""
    query = select(OwedMessage.account_id, OwedMessage.message_id)
    with site.database.work(SYSTEM, write=False) as work:
        rows = work.session.execute(query.order_by(OwedMessage.account_id, OwedMessage.position))
        return _by_account((row.account_id, str(row.message_id)) for row in rows)


def received(receiver: Receiver) -> Messages:
    """What came in, each message where it came first."""
    came = {one.message_id: one.document["data"]["account_id"] for one in receiver.received}
    return _by_account((account_id, message_id) for message_id, account_id in came.items())


def _by_account(pairs: Iterable[tuple[str, str]]) -> Messages:
    messages: Messages = defaultdict(list)
    for account_id, message_id in pairs:
        messages[account_id].append(message_id)
    return dict(messages)
