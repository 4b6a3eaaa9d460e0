"""Handing one letter to the SMTP server, in bounded time."""

from __future__ import annotations

import smtplib
import socket
import ssl
import time
import uuid
from contextlib import closing, suppress
from dataclasses import dataclass
from datetime import datetime
from email.message import EmailMessage
from email.utils import format_datetime, parseaddr

from secmon.core.dialling import cut_off_after, dialled
from secmon.mail.rendering import Rendered
from secmon.outbox.sending import AttemptOutcome, AttemptVerdict
from secmon.settings.smtp_server import Security, SmtpServer

# For each read, and for all of an attempt: an answer a byte at a time must not outlast the lease.
TIMEOUT_SECONDS = 10.0
ATTEMPT_SECONDS = 30.0
PERMANENT = 500
# RFC 4954 §6: it is the service that is refused, and not the recipient.
WANTS_LOGIN = frozenset({530, 534, 535})


@dataclass(frozen=True, slots=True)
class Mailer:
    """`sender` is what stands in From, and its address the envelope's."""

    server: SmtpServer
    sender: str
    tls: ssl.SSLContext
    attempt_seconds: float = ATTEMPT_SECONDS

    def send(self, to: str, letter: Rendered, message_id: uuid.UUID, now: datetime) -> AttemptOutcome:
        """One attempt. A recipient refused for good is `REFUSED`; anything else is tried again."""
        message = self._message(to, letter, message_id, now)
        ends = time.monotonic() + self.attempt_seconds
        try:
            line = dialled(self.server.host, self.server.port, min(ends, time.monotonic() + TIMEOUT_SECONDS))
            with closing(line), cut_off_after(line, ends - time.monotonic()):
                connection = self._connected(line)
                try:
                    connection.send_message(message, parseaddr(self.sender)[1], [to])
                finally:
                    _part(connection)
        except smtplib.SMTPRecipientsRefused as error:
            status = next(iter(error.recipients.values()))[0]
            is_final = status >= PERMANENT and status not in WANTS_LOGIN
            verdict = AttemptVerdict.REFUSED if is_final else AttemptVerdict.FAILED
            return AttemptOutcome(verdict, status, "the recipient was refused")
        except smtplib.SMTPResponseException as error:
            return AttemptOutcome(
                AttemptVerdict.FAILED, error.smtp_code, f"{type(error).__name__} {error.smtp_code}"
            )
        except (smtplib.SMTPException, OSError) as error:
            return AttemptOutcome(AttemptVerdict.FAILED, error=f"{type(error).__name__}: {error}")
        return AttemptOutcome(AttemptVerdict.DELIVERED, 250)

    def _connected(self, line: socket.socket) -> smtplib.SMTP:
        server = self.server
        line.settimeout(TIMEOUT_SECONDS)
        if server.security is Security.TLS:
            line = self.tls.wrap_socket(line, server_hostname=server.host)
        connection = _Over(line, server)
        try:
            if server.security is Security.STARTTLS:
                connection.starttls(context=self.tls)
            if server.username is not None:
                connection.login(server.username, server.password)
        except BaseException:
            connection.close()
            raise
        return connection

    def _message(self, to: str, letter: Rendered, message_id: uuid.UUID, now: datetime) -> EmailMessage:
        message = EmailMessage()
        message["From"] = self.sender
        message["To"] = to
        message["Subject"] = letter.subject
        message["Date"] = format_datetime(now)
        # The same at every attempt, so that a mailbox can tell the second copy of a letter.
        message["Message-ID"] = f"<{message_id}@{parseaddr(self.sender)[1].rpartition('@')[2]}>"
        message["Auto-Submitted"] = "auto-generated"
        message.set_content(letter.text)
        message.add_alternative(letter.html, subtype="html")
        return message


class _Over(smtplib.SMTP):
    """SMTP over a connection that is there."""

    def __init__(self, line: socket.socket, server: SmtpServer) -> None:
        self._line = line
        super().__init__(server.host, server.port, timeout=TIMEOUT_SECONDS)

    def _get_socket(self, _host: str, _port: int, _timeout: float) -> socket.socket:
        return self._line


def _part(connection: smtplib.SMTP) -> None:
    # Whatever becomes of the farewell, the letter was taken or it was not.
    with suppress(smtplib.SMTPException, OSError):
        connection.quit()
    connection.close()
