"""Can this URL be a webhook endpoint? What can be told without asking the network is told at once."""

from __future__ import annotations

import re
import socket
from collections.abc import Sequence
from urllib.parse import SplitResult, urlsplit

from secmon.core.errors import FieldError, Invalid
from secmon.webhooks.addresses import AddressForbidden, Network, allowed

LONGEST_URL = 2000
# Visible ASCII without what parsers disagree on (RFC 3986 §2 allows none of these).
URL_PATTERN = r"^[Hh][Tt][Tt][Pp][Ss]?://[!$%-;=?A-Z\[\]_a-z~]+$"
_URL = re.compile(URL_PATTERN)


class UrlRefused(Invalid):
    """A webhook endpoint that nothing may be sent to."""

    code = "webhook_url_refused"
    title = "This URL cannot be a webhook endpoint"
    advice = (
        "Use an https URL without user name and fragment, whose host is on the internet or in a network"
        " that SECMON_WEBHOOK_ALLOWED_NETWORKS names."
    )


def checked(url: str, allowed_networks: Sequence[Network]) -> str:
    """`url` itself; raises `UrlRefused`. Where its name leads is checked when it is connected to."""
    parts = _split(url)
    if parts.scheme.lower() == "http" and not allowed_networks:
        raise _refused("Must be https: no network is allowed to be sent to without TLS")
    try:
        _check_literal(parts.hostname or "", allowed_networks)
    except AddressForbidden as error:
        raise _refused(str(error)) from None
    return url


def _split(url: str) -> SplitResult:
    try:
        parts = urlsplit(url)
        usable = bool(parts.hostname) and parts.port != 0
    except ValueError:
        usable = False
    if not usable or len(url) > LONGEST_URL or not _URL.fullmatch(url):
        raise _refused("Must be a plain https URL, in ASCII, without user name and fragment")
    return parts


def _check_literal(host: str, allowed_networks: Sequence[Network]) -> None:
    # AI_NUMERICHOST asks no server, and knows every spelling of an address that connecting would know.
    try:
        found = socket.getaddrinfo(host, None, flags=socket.AI_NUMERICHOST)
    except (OSError, UnicodeError):
        return
    for entry in found:
        allowed(str(entry[4][0]), allowed_networks)


def _refused(message: str) -> UrlRefused:
    return UrlRefused(errors=(FieldError("/url", message),))
