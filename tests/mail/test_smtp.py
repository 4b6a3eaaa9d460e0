"""Handing letters to a real SMTP server."""

import contextlib
import socket
import ssl
import threading
import time
import uuid
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime

import pytest

from secmon.mail.rendering import render
from secmon.mail.smtp import TIMEOUT_SECONDS, Mailer
from secmon.outbox.kinds import Kind
from secmon.outbox.sending import AttemptOutcome, AttemptVerdict
from secmon.settings.smtp_server import Security, SmtpServer, parse_server
from tests.mail import smtp_server

MESSAGE_ID = uuid.UUID(int=7)
NOW = datetime(2026, 11, 22, 2, 0, tzinfo=UTC)
SENDER = "钱包安全 <security@wallet.example>"
# Shorter than each read of the mailer may take: what ends a silence sooner is the end of the attempt.
PATIENCE_S = TIMEOUT_SECONDS / 2


def send(port: int, tls: ssl.SSLContext, locale: str = "zh-CN") -> AttemptOutcome:
    mailer = Mailer(SmtpServer("127.0.0.1", port, Security.STARTTLS), SENDER, tls)
    return mailer.send("li@example.com", render(Kind.ACCOUNT_FROZEN, locale, {}), MESSAGE_ID, NOW)


def test_a_letter_arrives_as_text_and_html_over_tls(smtp: smtp_server.SmtpServer):
    assert send(smtp.port, smtp.trusted).verdict is AttemptVerdict.DELIVERED
    ((recipient, letter),) = smtp.letters
    assert recipient == "li@example.com"
    assert letter["Subject"] == "您的账户已冻结"
    assert letter["Message-ID"] == f"<{MESSAGE_ID}@wallet.example>"
    assert [part.get_content_type() for part in letter.iter_parts()] == ["text/plain", "text/html"]
    plain = letter.get_body(("plain",))
    assert plain is not None
    assert "客服" in plain.get_content()


def test_a_server_whose_certificate_is_not_trusted_is_sent_nothing(smtp: smtp_server.SmtpServer):
    outcome = send(smtp.port, ssl.create_default_context())
    assert outcome.verdict is AttemptVerdict.FAILED
    assert smtp.letters == []


@pytest.mark.parametrize(
    ("says", "verdict"),
    [("550 no such mailbox", AttemptVerdict.REFUSED), ("450 mailbox busy", AttemptVerdict.FAILED)],
)
def test_a_refused_recipient_is_final_where_the_server_says_so(
    smtp: smtp_server.SmtpServer, says: str, verdict: AttemptVerdict
):
    smtp.says = says
    outcome = send(smtp.port, smtp.trusted)
    assert (outcome.verdict, outcome.status) == (verdict, int(says[:3]))


def test_F10_a_server_that_is_away_is_a_failure():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        assert send(probe.getsockname()[1], ssl.create_default_context()).verdict is AttemptVerdict.FAILED


@pytest.mark.parametrize("security", Security)
@pytest.mark.parametrize("says", [b"", b"220 mail.example ESMTP\r\n"])
def test_a_server_that_falls_silent_is_not_waited_for(says: bytes, security: Security):
    def fall_silent(line: socket.socket) -> None:
        line.sendall(says)

    assert given_up(fall_silent, security)


def test_a_server_that_answers_a_byte_at_a_time_is_cut_off():
    def drip(line: socket.socket) -> None:
        ended, end = threading.Event(), time.monotonic() + PATIENCE_S
        with contextlib.suppress(OSError):
            while not ended.wait(0.05) and time.monotonic() < end:
                line.sendall(b"2")

    assert given_up(drip, Security.NONE)


def given_up(behave: Callable[[socket.socket], None], security: Security) -> bool:
    """Whether a mailer that has little time hangs up first on a server that only does so much."""
    with socket.create_server(("127.0.0.1", 0)) as listening, ThreadPoolExecutor(1) as pool:
        hung_up = pool.submit(is_hung_up_on, listening, behave)
        named = SmtpServer("127.0.0.1", listening.getsockname()[1], security)
        mailer = Mailer(named, SENDER, ssl.create_default_context(), attempt_seconds=1)
        outcome = mailer.send("li@example.com", render(Kind.ACCOUNT_FROZEN, "en", {}), MESSAGE_ID, NOW)
        return outcome.verdict is AttemptVerdict.FAILED and hung_up.result()


def is_hung_up_on(listening: socket.socket, behave: Callable[[socket.socket], None]) -> bool:
    """Ends in any case: a mailer that waits must fail its test, and not stand in it for ever."""
    listening.settimeout(PATIENCE_S)
    line, _ = listening.accept()
    end = time.monotonic() + PATIENCE_S
    with line:
        behave(line)
        line.settimeout(max(0.001, end - time.monotonic()))
        try:
            while line.recv(1024):
                pass
        except TimeoutError:
            return False
        except ConnectionError:
            return True
    return True


@pytest.mark.parametrize(
    ("url", "server"),
    [
        ("smtp://mail.example", SmtpServer("mail.example", 587, Security.STARTTLS)),
        ("smtps://u:p%40ss@mail.example", SmtpServer("mail.example", 465, Security.TLS, "u", "p@ss")),
        ("smtp+plain://localhost:2525", SmtpServer("localhost", 2525, Security.NONE)),
    ],
)
def test_a_server_is_named_by_a_url(url: str, server: SmtpServer):
    assert parse_server(url) == server


@pytest.mark.parametrize(
    "url",
    [
        "mail.example",
        "http://mail.example",
        "smtp://",
        "smtp://mail.example:x",
        "smtps://u:p%C3%A4ss@mail.example",
    ],
)
def test_what_is_no_smtp_url_is_refused(url: str):
    with pytest.raises(ValueError, match=r"must be|Port"):
        parse_server(url)


def test_the_password_is_not_shown():
    assert "secret" not in repr(parse_server("smtp://u:secret@mail.example"))
