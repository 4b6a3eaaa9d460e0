"""Handing letters to a real SMTP server."""

import contextlib
import socket
import ssl
import threading
import uuid
from datetime import UTC, datetime

import pytest

from secmon.core.smtp_server import Security, SmtpServer, parse_server
from secmon.mail.rendering import render
from secmon.mail.smtp import Mailer
from secmon.outbox.kinds import Kind
from secmon.outbox.sending import Outcome, Verdict
from tests.mail import smtp_server

MESSAGE_ID = uuid.UUID(int=7)
NOW = datetime(2026, 11, 22, 2, 0, tzinfo=UTC)
SENDER = "钱包安全 <security@wallet.example>"


def send(port: int, tls: ssl.SSLContext, locale: str = "zh-CN") -> Outcome:
    mailer = Mailer(SmtpServer("127.0.0.1", port, Security.STARTTLS), SENDER, tls)
    return mailer.send("li@example.com", render(Kind.ACCOUNT_FROZEN, locale, {}), MESSAGE_ID, NOW)


def test_a_letter_arrives_as_text_and_html_over_tls(smtp: smtp_server.SmtpServer):
    assert send(smtp.port, smtp.trusted).verdict is Verdict.DELIVERED
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
    assert outcome.verdict is Verdict.FAILED
    assert smtp.letters == []


@pytest.mark.parametrize(
    ("says", "verdict"),
    [("550 no such mailbox", Verdict.REFUSED), ("450 mailbox busy", Verdict.FAILED)],
)
def test_a_refused_recipient_is_final_where_the_server_says_so(
    smtp: smtp_server.SmtpServer, says: str, verdict: Verdict
):
    smtp.says = says
    outcome = send(smtp.port, smtp.trusted)
    assert (outcome.verdict, outcome.status) == (verdict, int(says[:3]))


def test_F10_a_server_that_is_away_is_a_failure():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        assert send(probe.getsockname()[1], ssl.create_default_context()).verdict is Verdict.FAILED


def test_a_server_that_answers_a_byte_at_a_time_is_cut_off():
    with socket.create_server(("127.0.0.1", 0)) as listening:
        threading.Thread(target=drip, args=(listening,), daemon=True).start()
        named = SmtpServer("127.0.0.1", listening.getsockname()[1], Security.NONE)
        mailer = Mailer(named, SENDER, ssl.create_default_context(), attempt_seconds=1)
        outcome = mailer.send("li@example.com", render(Kind.ACCOUNT_FROZEN, "en", {}), MESSAGE_ID, NOW)
    assert outcome.verdict is Verdict.FAILED


def drip(listening: socket.socket) -> None:
    """A banner that never ends, and always goes on."""
    line, _ = listening.accept()
    ended = threading.Event()
    with line, contextlib.suppress(OSError):
        while not ended.wait(0.05):
            line.sendall(b"2")


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
