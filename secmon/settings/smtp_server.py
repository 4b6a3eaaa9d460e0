"""Which SMTP server sends, and how it is talked to; read from one URL."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from urllib.parse import unquote, urlsplit


class Security(StrEnum):
    STARTTLS = "smtp"  # RFC 3207, required: mail is not sent where the server does not offer it.
    TLS = "smtps"  # RFC 8314
    NONE = "smtp+plain"  # A relay on the same machine.


DEFAULT_PORT = {Security.STARTTLS: 587, Security.TLS: 465, Security.NONE: 25}


@dataclass(frozen=True, slots=True)
class SmtpServer:
    """`username` None: the server asks for no login."""

    host: str
    port: int
    security: Security
    username: str | None = None
    password: str = field(default="", repr=False)


def parse_server(url: str) -> SmtpServer:
    """`smtp://user:password@host:587`, `smtps://…` or `smtp+plain://…`; raises `ValueError`."""
    parts = urlsplit(url)
    if parts.scheme not in set(Security) or not parts.hostname or parts.path not in {"", "/"}:
        raise ValueError("must be smtp://, smtps:// or smtp+plain:// and user:password@host:port")
    security = Security(parts.scheme)
    username, password = unquote(parts.username or ""), unquote(parts.password or "")
    if not (username + password).isascii():
        # Better said at the start than by every letter: smtplib logs in with nothing else.
        raise ValueError("user name and password must be ASCII")
    return SmtpServer(
        host=parts.hostname,
        port=parts.port or DEFAULT_PORT[security],
        security=security,
        username=None if parts.username is None else username,
        password=password,
    )
