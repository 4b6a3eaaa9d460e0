"""A webhook over TLS goes to whom the certificate names, and to nobody who only speaks TLS."""

from __future__ import annotations

import contextlib
import socket
import ssl
import threading
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpcore
import pytest

from secmon.outbox.sending import AttemptOutcome, AttemptVerdict
from secmon.webhooks import secrets
from secmon.webhooks.sending import GuardedBackend, WebhookCourier
from tests.certificates import Certificate, self_signed
from tests.receiver import Receiver
from tests.webhooks.test_sending import LOOPBACK, MESSAGE, stay_on

GIVEN_UP_AFTER_S = 0.3
DRIPS, EVERY_S = 60, 0.05


@pytest.fixture
def certificate(tmp_path: Path) -> Certificate:
    return self_signed(tmp_path)


@pytest.fixture
def encrypted(certificate: Certificate) -> Iterator[Receiver]:
    receiver = Receiver(certificate=certificate)
    yield receiver
    receiver.close()


def send(receiver: Receiver, trust: ssl.SSLContext | None) -> AttemptOutcome:
    with closing(WebhookCourier(receiver.url, [secrets.new_secret()], LOOPBACK, stay_on, trust)) as courier:
        return courier.send(MESSAGE, datetime.now(UTC))


def trusting(certificate: Certificate) -> ssl.SSLContext:
    return ssl.create_default_context(cafile=str(certificate.chain))


def test_a_receiver_with_a_good_certificate_is_sent_to(encrypted: Receiver, certificate: Certificate) -> None:
    assert send(encrypted, trusting(certificate)) == AttemptOutcome(AttemptVerdict.DELIVERED, 204)
    assert len(encrypted.received) == 1


def test_a_certificate_of_nobody_we_trust_is_refused(encrypted: Receiver) -> None:
    outcome = send(encrypted, None)
    assert outcome.verdict is AttemptVerdict.FAILED
    assert "certificate" in (outcome.error or "").lower()
    assert encrypted.received == []


@pytest.mark.parametrize(
    ("address", "ends_in"), [("127.0.0.2", timedelta(days=1)), ("127.0.0.1", -timedelta(days=1))]
)
def test_a_certificate_of_another_or_of_yesterday_is_refused(
    tmp_path: Path, address: str, ends_in: timedelta
) -> None:
    wrong = self_signed(tmp_path, address, ends_in)
    with closing(Receiver(certificate=wrong)) as receiver:
        assert send(receiver, trusting(wrong)).verdict is AttemptVerdict.FAILED
        assert receiver.received == []


def test_a_handshake_that_is_refused_is_a_failure(receiver: Receiver, certificate: Certificate) -> None:
    """A receiver that speaks no TLS, behind an https:// URL."""
    receiver.url = receiver.url.replace("http://", "https://")
    assert send(receiver, trusting(certificate)).verdict is AttemptVerdict.FAILED
    assert receiver.received == []


def test_a_handshake_that_never_ends_is_given_up(certificate: Certificate) -> None:
    """Each byte comes in time, and the handshake as a whole does not."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        given_up = threading.Event()
        threading.Thread(target=drip, args=(listening, given_up), daemon=True).start()
        backend = GuardedBackend(LOOPBACK, encrypted=True)
        stream = backend.connect_tcp("127.0.0.1", listening.getsockname()[1])
        with pytest.raises((httpcore.ConnectError, httpcore.ConnectTimeout)):
            stream.start_tls(trusting(certificate), "127.0.0.1", GIVEN_UP_AFTER_S)
        stream.close()
        assert given_up.wait(DRIPS * EVERY_S)


def drip(listening: socket.socket, given_up: threading.Event) -> None:
    """A long TLS record, a byte at a time; says when nobody listens any more."""
    line, _ = listening.accept()
    with line, contextlib.suppress(ConnectionError):
        line.sendall(b"\x16\x03\x03\x40\x00")
        for _ in range(DRIPS):
            # What the client had to say; nothing any more, once it has hung up.
            line.settimeout(EVERY_S)
            with contextlib.suppress(TimeoutError):
                if not line.recv(65536):
                    break
            line.sendall(b"\x02")
        else:
            return
    given_up.set()
