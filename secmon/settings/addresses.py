"""The addresses of what the service stands on, read strictly: a mistake in one is a sentence at the start."""

from __future__ import annotations

import ipaddress
from urllib.parse import urlsplit

from sqlalchemy import URL, make_url
from sqlalchemy.exc import ArgumentError

DATABASES = "must be sqlite:///file or postgresql://user:password@host/database"
SQLITE_DRIVERS = {"sqlite", "sqlite+pysqlite"}
# What `limits` calls the ways to Redis.
REDIS = {"redis", "rediss", "redis+sentinel", "redis+cluster", "redis+unix"}


def database(value: str) -> str:
    """A SQLAlchemy URL of SQLite or PostgreSQL. What is wrong is never shown: it may hold a password."""
    try:
        parsed = make_url(value)
    except (ArgumentError, ValueError):
        raise ValueError(DATABASES) from None
    if parsed.get_backend_name() == "postgresql" or _is_sqlite_file(parsed):
        return value
    raise ValueError(DATABASES)


def rate_limits(value: str) -> str:
    """Where requests are counted: in each process, or in a Redis."""
    scheme, separator, rest = value.partition("://")
    if scheme == "memory" and separator and not rest:
        return value
    if scheme not in REDIS or not rest:
        raise ValueError("must be memory:// or redis://host:port")
    if scheme in {"redis", "rediss"}:
        _require_host(value)
    return value


def issuer(value: str) -> str:
    """An issuer as it stands in tokens, letter for letter: a URL without query and fragment (RFC 8414 §2)."""
    if "?" in value or "#" in value:
        raise ValueError("must be a URL without ? and #, as it stands in `iss` of the tokens")
    return trustworthy(value)


def trustworthy(value: str) -> str:
    """Where keys are fetched from that tokens are believed by: whoever is on the way must not change them."""
    if not value.startswith(("http://", "https://")):
        raise ValueError("must be an https:// URL")
    _require_host(value)
    if value.startswith("http://") and not _is_this_machine(urlsplit(value).hostname or ""):
        raise ValueError("must be an https:// URL; http:// is for this machine alone")
    return value


def _is_this_machine(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _is_sqlite_file(parsed: URL) -> bool:
    return parsed.drivername in SQLITE_DRIVERS and parsed.database not in (None, "", ":memory:")


def _require_host(value: str) -> None:
    try:
        parts = urlsplit(value)
        known = bool(parts.hostname) and parts.port != 0
    except ValueError:
        known = False
    if not known:
        raise ValueError("must name a host, and a port from 1 to 65535 if any")
