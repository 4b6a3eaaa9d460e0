"""Letters go encrypted, to the server that was named; its password is told to nobody else."""

from __future__ import annotations

import socket
import ssl
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from secmon.mail.rendering import render
from secmon.mail.smtp import Mailer
from secmon.outbox.kinds import Kind
from secmon.outbox.sending import AttemptOutcome, AttemptVerdict
from secmon.settings.smtp_server import Security, parse_server
from tests.certificates import Certificate, self_signed
from tests.mail.smtp_server import SmtpServer

LOGIN = ("secmon@wallet.example", "p@ss/word")
ENCRYPTED = (Security.STARTTLS, Security.TLS)
Make = Callable[[Path], Certificate]


def of_another_server(directory: Path) -> Certificate:
    return self_signed(directory, address="127.0.0.2")


def out_of_date(directory: Path) -> Certificate:
    return self_signed(directory, ends_in=timedelta(days=-1))


def send(
    port: int, security: Security, tls: ssl.SSLContext, login: str = "secmon%40wallet.example:p%40ss%2Fword@"
) -> AttemptOutcome:
    url = f"{security}://{login}127.0.0.1:{port}"
    mailer = Mailer(parse_server(url), "security@wallet.example", tls, attempt_seconds=3)
    letter = render(Kind.ACCOUNT_FROZEN, "en", {})
    return mailer.send("li@example.com", letter, uuid.UUID(int=7), datetime.now(UTC))


@contextmanager
def serving(
    directory: Path, security: Security, certificate: Certificate | None = None
) -> Iterator[SmtpServer]:
    server = SmtpServer(directory, security, login=LOGIN, certificate=certificate).start()
    yield server
    server.stop()


@pytest.mark.parametrize("security", ENCRYPTED)
def test_who_logs_in_over_tls_may_send(tmp_path: Path, security: Security) -> None:
    with serving(tmp_path, security) as server:
        assert send(server.port, security, server.trusted) == AttemptOutcome(AttemptVerdict.DELIVERED, 250)
        assert [recipient for recipient, _ in server.letters] == ["li@example.com"]
        assert server.logins == [LOGIN]


@pytest.mark.parametrize("security", ENCRYPTED)
@pytest.mark.parametrize(("login", "status"), [("secmon%40wallet.example:guessed@", 535), ("", 530)])
def test_a_wrong_login_or_none_is_the_operators_to_mend_so_the_letter_waits(
    tmp_path: Path, security: Security, login: str, status: int
) -> None:
    with serving(tmp_path, security) as server:
        outcome = send(server.port, security, server.trusted, login)
        assert (outcome.verdict, outcome.status) == (AttemptVerdict.FAILED, status)
        assert "guessed" not in (outcome.error or "")
        assert server.letters == []


@pytest.mark.parametrize("security", ENCRYPTED)
@pytest.mark.parametrize("wrong", [of_another_server, out_of_date])
def test_a_certificate_of_another_server_or_out_of_date_is_told_nothing(
    tmp_path: Path, security: Security, wrong: Make
) -> None:
    with serving(tmp_path, security, wrong(tmp_path)) as server:
        outcome = send(server.port, security, server.trusted)
        assert outcome.verdict is AttemptVerdict.FAILED
        assert "certificate" in (outcome.error or "")
        assert (server.logins, server.letters) == ([], [])


@pytest.mark.parametrize("security", ENCRYPTED)
def test_a_certificate_that_nobody_vouches_for_is_told_nothing(tmp_path: Path, security: Security) -> None:
    with serving(tmp_path, security) as server:
        outcome = send(server.port, security, ssl.create_default_context())
        assert outcome.verdict is AttemptVerdict.FAILED
        assert "certificate" in (outcome.error or "")
        assert (server.logins, server.letters) == ([], [])


def test_a_server_that_offers_no_encryption_is_told_neither_password_nor_letter(tmp_path: Path) -> None:
    with serving(tmp_path, Security.NONE) as server:
        assert send(server.port, Security.STARTTLS, server.trusted).verdict is AttemptVerdict.FAILED
        assert (server.logins, server.letters) == ([], [])


@pytest.mark.parametrize("security", Security)
def test_a_server_that_takes_the_line_and_says_nothing_is_not_waited_for(security: Security) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        port = listening.getsockname()[1]
        assert send(port, security, ssl.create_default_context()).verdict is AttemptVerdict.FAILED
