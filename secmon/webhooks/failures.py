"""Why a webhook did not arrive, as whoever may read deliveries is told it: never where our network lies.

What a name resolves to inside the operator's network, and which ports answer there, is nobody's to learn by
making endpoints (CWE-918); the operator finds the whole of it in the worker's log.
"""

from __future__ import annotations

import re
import ssl

import httpcore

from secmon.webhooks.addresses import AddressForbidden

FORBIDDEN = "AddressForbidden: the address is not one that webhooks are sent to"
NO_ANSWER = "Timeout: there was no answer in time"
NOT_REACHED = "ConnectError: the receiver cannot be reached"
NO_TLS = "ConnectError: the receiver's certificate or TLS is not good"
BROKEN_OFF = "NetworkError: the connection broke off"
NO_HTTP = "ProtocolError: the answer is no HTTP"
OTHER = "The attempt failed"

# More particular ones first.
_TOLD: tuple[tuple[type[Exception], str], ...] = (
    (AddressForbidden, FORBIDDEN),
    (httpcore.TimeoutException, NO_ANSWER),
    (httpcore.ConnectError, NOT_REACHED),
    (httpcore.NetworkError, BROKEN_OFF),
    (httpcore.ProtocolError, NO_HTTP),
)
_WORDS = {FORBIDDEN, NO_ANSWER, NOT_REACHED, NO_TLS, BROKEN_OFF, NO_HTTP, OTHER}
# What a receiver that was reached has said.
_ANSWERED = re.compile(r"answered [1-5][0-9]{2}(?: Gone|; redirects are not followed)?")


def told(error: Exception) -> str:
    """The words for a failed attempt."""
    if isinstance(error.__cause__, ssl.SSLError):
        return NO_TLS
    return next((words for kind, words in _TOLD if isinstance(error, kind)), OTHER)


def shown(stored: str | None) -> str | None:
    """What is stored of an attempt; of what an earlier release has stored, nothing that it quoted."""
    if stored is None or stored in _WORDS or _ANSWERED.fullmatch(stored):
        return stored
    name = stored.partition(":")[0]
    return next((words for words in sorted(_WORDS) if words.startswith(f"{name}:")), OTHER)
