"""One webhook on its way to a real receiver."""

import contextlib
import socket
import threading
import time
import uuid
from datetime import UTC, datetime, timedelta
from ipaddress import IPv4Network, IPv6Network, ip_network

import httpcore
import pytest
from standardwebhooks import Webhook, WebhookVerificationError

from secmon.database.work import Work
from secmon.outbox.sending import AttemptOutcome, AttemptVerdict, Claimed
from secmon.webhooks import secrets
from secmon.webhooks.addresses import AddressForbidden
from secmon.webhooks.sending import LARGEST_ANSWER, GuardedBackend, WebhookCourier
from tests.receiver import Answer, Receiver

LOOPBACK = (ip_network("127.0.0.0/8"), ip_network("::1/128"))
OWED_AT = datetime(2026, 11, 22, 2, 0, tzinfo=UTC)
MESSAGE = Claimed(
    "acct-1", uuid.UUID(int=7), 1, 0, "account.frozen", '{"freeze_id":"f-1","原因":"盗用"}', None, OWED_AT
)


def stay_on(_work: Work) -> None:
    raise AssertionError("nothing here is switched off")


def send(
    url: str,
    *signed_with: str,
    networks: tuple[IPv4Network | IPv6Network, ...] = LOOPBACK,
    at: datetime | None = None,
) -> AttemptOutcome:
    courier = WebhookCourier(url, signed_with or [secrets.new_secret()], networks, stay_on)
    try:
        return courier.send(MESSAGE, at or datetime.now(UTC))
    finally:
        courier.close()


def test_a_receivers_library_accepts_what_is_sent(receiver: Receiver):
    secret = secrets.new_secret()
    assert send(receiver.url, secret) == AttemptOutcome(AttemptVerdict.DELIVERED, 204)
    (received,) = receiver.received
    assert Webhook(secret).verify(received.body, received.headers) == {
        "type": "account.frozen",
        "timestamp": "2026-11-22T02:00:00Z",
        "data": {"account_id": "acct-1", "freeze_id": "f-1", "原因": "盗用"},
    }
    assert received.message_id == str(MESSAGE.message_id)


def test_A31_a_receivers_library_refuses_what_was_changed_or_kept(receiver: Receiver):
    secret = secrets.new_secret()
    send(receiver.url, secret)
    send(receiver.url, secret, at=datetime.now(UTC) - timedelta(minutes=6))
    fresh, old = receiver.received
    with pytest.raises(WebhookVerificationError, match="signature"):
        Webhook(secret).verify(fresh.body.replace(b"acct-1", b"acct-2"), fresh.headers)
    with pytest.raises(WebhookVerificationError, match="signature"):
        Webhook(secret).verify(fresh.body, fresh.headers | {"webhook-id": "another"})
    with pytest.raises(WebhookVerificationError, match="too old"):
        Webhook(secret).verify(old.body, old.headers)


def test_while_a_rotation_lasts_both_secrets_verify(receiver: Receiver):
    new, old = secrets.new_secret(), secrets.new_secret()
    send(receiver.url, new, old)
    (received,) = receiver.received
    for secret in (new, old):
        Webhook(secret).verify(received.body, received.headers)


def test_a_connection_is_kept_alive_and_a_closed_one_replaced(receiver: Receiver):
    kept = WebhookCourier(receiver.url, [secrets.new_secret()], LOOPBACK, stay_on)
    receiver.behave = lambda _received: Answer(headers=(("Connection", "close"),))
    outcomes = [kept.send(MESSAGE, datetime.now(UTC)).verdict for _ in range(3)]
    receiver.behave = lambda _received: Answer()
    outcomes += [kept.send(MESSAGE, datetime.now(UTC)).verdict for _ in range(3)]
    kept.close()
    assert set(outcomes) == {AttemptVerdict.DELIVERED}


def test_A30_a_redirect_is_not_followed(receiver: Receiver):
    receiver.behave = lambda _received: Answer(302, (("Location", receiver.url + "/elsewhere"),))
    outcome = send(receiver.url)
    assert (outcome.verdict, outcome.status, len(receiver.received)) == (AttemptVerdict.FAILED, 302, 1)


@pytest.mark.parametrize(
    "host", ["127.0.0.1", "localhost", "127.1", "2130706433", "0x7f.1", "[::ffff:127.0.0.1]"]
)
def test_A30_no_connection_is_made_to_an_inner_address(receiver: Receiver, host: str):
    outcome = send(f"https://{host}:{receiver.port}/", networks=())
    assert outcome.verdict is AttemptVerdict.FAILED
    assert (outcome.error or "").startswith("AddressForbidden")
    assert receiver.received == []


def test_A30_a_name_is_looked_up_once_and_what_was_checked_is_connected_to(receiver: Receiver):
    answers = iter(["127.0.0.1", "127.0.0.2", "127.0.0.2"])

    def rebinding(_host: str, port: int, **_hints: int) -> list[object]:
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (next(answers), port))]

    networks = (ip_network("127.0.0.1/32"),)
    backend = GuardedBackend(networks, encrypted=False, resolve=rebinding)
    stream = backend.connect_tcp("rebinding.example", receiver.port)
    assert stream.get_extra_info("server_addr")[0] == "127.0.0.1"
    stream.close()
    with pytest.raises(AddressForbidden):
        backend.connect_tcp("rebinding.example", receiver.port)


def test_A30_one_forbidden_address_among_others_forbids_the_name():
    def both(_host: str, port: int, **_hints: int) -> list[object]:
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (each, port)) for each in ("8.8.8.8", "10.0.0.1")]

    with pytest.raises(AddressForbidden):
        GuardedBackend((), encrypted=True, resolve=both).connect_tcp("both.example", 443)


def test_A30_without_tls_nothing_goes_to_an_address_that_is_not_the_operators():
    backend = GuardedBackend((ip_network("10.0.0.0/8"),), encrypted=False)
    with pytest.raises(AddressForbidden, match="without TLS"):
        backend.connect_tcp("8.8.8.8", 80)


def test_a_receiver_that_is_not_there_is_a_failure():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    assert send(f"http://127.0.0.1:{port}/").verdict is AttemptVerdict.FAILED
    assert send("https://no-such-host.invalid/").verdict is AttemptVerdict.FAILED


def test_F09_a_dropped_answer_is_a_failure(receiver: Receiver):
    receiver.behave = lambda _received: Answer(drop=True)
    assert send(receiver.url).verdict is AttemptVerdict.FAILED
    assert len(receiver.received) == 1


def test_retry_after_and_gone_are_understood(receiver: Receiver):
    receiver.behave = lambda _received: Answer(503, (("Retry-After", "120"),))
    assert send(receiver.url).retry_after == timedelta(minutes=2)
    receiver.behave = lambda _received: Answer(410)
    assert send(receiver.url).verdict is AttemptVerdict.GONE


def test_an_endless_answer_is_not_read(receiver: Receiver):
    receiver.behave = lambda _received: Answer(200, body=b"x" * (256 * LARGEST_ANSWER))
    assert send(receiver.url) == AttemptOutcome(AttemptVerdict.DELIVERED, 200)
    receiver.close()
    assert receiver.answered == 0


@pytest.mark.timeout(30)
def test_a_receiver_that_drips_its_answer_is_cut_off():
    with socket.create_server(("127.0.0.1", 0)) as server, contextlib.suppress(OSError):
        threading.Thread(target=drip, args=(server,), daemon=True).start()
        port = server.getsockname()[1]
        backend = GuardedBackend(LOOPBACK, encrypted=False, exchange_seconds=0.3)
        origin = httpcore.Origin(b"http", b"127.0.0.1", port)
        with pytest.raises(httpcore.ReadTimeout):
            httpcore.HTTPConnection(origin, network_backend=backend).request(
                "GET", f"http://127.0.0.1:{port}/"
            )


def drip(server: socket.socket) -> None:
    connection, _ = server.accept()
    with connection, contextlib.suppress(OSError):
        while True:
            connection.send(b"H")
            time.sleep(0.05)
