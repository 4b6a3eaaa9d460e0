"""A real SMTP server (aiosmtpd), with STARTTLS or TLS, that takes letters or refuses them as a test says."""

from __future__ import annotations

import ssl
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from pathlib import Path
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult, LoginPassword

from secmon.cli.tokens import free_port
from secmon.settings.smtp_server import Security
from tests.certificates import Certificate, self_signed

ACCEPTED = "250 OK"
AUTHENTICATE_FIRST = "530 5.7.0 Authentication required"
STARTS_WITHIN_S = 60.0


class SmtpServer:
    """Listens on 127.0.0.1 from `start` until `stop`; `says` is what it answers to each recipient.

    With a `login` (name, password) it takes letters of nobody else; `logins` are those that were tried.
    """

    def __init__(
        self,
        directory: Path,
        security: Security = Security.STARTTLS,
        *,
        login: tuple[str, str] | None = None,
        certificate: Certificate | None = None,
    ) -> None:
        self.letters: list[tuple[str, EmailMessage]] = []
        self.logins: list[tuple[str, str]] = []
        self.refused = 0
        self.says = ACCEPTED
        self.port = free_port()
        shown = certificate or self_signed(directory)
        self.certificate_file = str(shown.chain)
        self.trusted = ssl.create_default_context(cafile=shown.chain)
        self._login = login
        self._controller = Controller(
            self,
            hostname="127.0.0.1",
            port=self.port,
            ready_timeout=STARTS_WITHIN_S,
            authenticator=self._authenticate,
            **_encryption(security, shown),
        )

    def start(self) -> SmtpServer:
        self._controller.start()
        return self

    def stop(self) -> None:
        self._controller.stop(no_assert=True)

    async def handle_RCPT(
        self, _server: Any, session: Any, envelope: Any, address: str, _options: list[str]
    ) -> str:
        if self._login is not None and not session.authenticated:
            return AUTHENTICATE_FIRST
        if self.says == ACCEPTED:
            envelope.rcpt_tos.append(address)
        else:
            self.refused += 1
        return self.says

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Any) -> str:
        letter = message_from_bytes(envelope.content, policy=default)
        assert isinstance(letter, EmailMessage)
        self.letters.append((envelope.rcpt_tos[0], letter))
        return ACCEPTED

    def _authenticate(
        self, _server: Any, _session: Any, _envelope: Any, _mechanism: str, tried: LoginPassword
    ) -> AuthResult:
        self.logins.append((tried.login.decode(), tried.password.decode()))
        return AuthResult(success=self.logins[-1] == self._login, handled=False)


def _encryption(security: Security, certificate: Certificate) -> dict[str, Any]:
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(certificate.chain, certificate.key)
    match security:
        case Security.STARTTLS:
            return {"tls_context": context, "require_starttls": True}
        case Security.TLS:
            # It knows TLS that was there from the beginning as none.
            return {"ssl_context": context, "auth_require_tls": False}
        case Security.NONE:
            return {"auth_require_tls": False}
