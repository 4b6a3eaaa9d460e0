"""Handing one letter to the SMTP server, in bounded time."""

from __future__ import annotations

import contextlib
import smtplib
import ssl
import uuid
from dataclasses import dataclass
from datetime import datetime
from email.message import EmailMessage
from email.utils import format_datetime, parseaddr

from secmon.core.smtp_server import Security, SmtpServer
from secmon.mail.rendering import Rendered
from secmon.outbox.sending import Outcome, Verdict

TIMEOUT_SECONDS = 10.0
PERMANENT = 500


@dataclass(frozen=True, slots=True)
class Mailer:
    """`sender` is what stands in From, and its address the envelope's."""

    server: SmtpServer
    sender: str
    tls: ssl.SSLContext

    def send(self, to: str, letter: Rendered, message_id: uuid.UUID, now: datetime) -> Outcome:
        """One attempt. A recipient refused for good is `REFUSED`; anything else is tried again."""
        message = self._message(to, letter, message_id, now)
        try:
            connection = self._connected()
            try:
                connection.send_message(message, parseaddr(self.sender)[1], [to])
            finally:
                _part(connection)
        except smtplib.SMTPRecipientsRefused as error:
            status = next(iter(error.recipients.values()))[0]
            verdict = Verdict.REFUSED if status >= PERMANENT else Verdict.FAILED
            return Outcome(verdict, status, "the recipient was refused")
        except smtplib.SMTPResponseException as error:
            return Outcome(Verdict.FAILED, error.smtp_code, f"{type(error).__name__} {error.smtp_code}")
        except (smtplib.SMTPException, OSError) as error:
            return Outcome(Verdict.FAILED, error=f"{type(error).__name__}: {error}")
        return Outcome(Verdict.DELIVERED, 250)

    def _connected(self) -> smtplib.SMTP:
        server = self.server
        if server.security is Security.TLS:
            connection: smtplib.SMTP = smtplib.SMTP_SSL(
                server.host, server.port, timeout=TIMEOUT_SECONDS, context=self.tls
            )
        else:
            connection = smtplib.SMTP(server.host, server.port, timeout=TIMEOUT_SECONDS)
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


def _part(connection: smtplib.SMTP) -> None:
    # Whatever becomes of the farewell, the letter was taken or it was not.
    with contextlib.suppress(smtplib.SMTPException, OSError):
        connection.quit()
    connection.close()
