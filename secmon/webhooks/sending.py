"""One webhook on its way: signed by Standard Webhooks, sent without redirects, the answer bounded.

https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md
"""

from __future__ import annotations

import json
import ssl
import threading
from collections.abc import Callable, Sequence
from datetime import datetime
from functools import cache
from http import HTTPStatus

import httpcore
import structlog
from standardwebhooks import Webhook

from secmon.database.work import Work
from secmon.outbox.schedule import parse_retry_after
from secmon.outbox.sending import Claimed, Outcome, Verdict
from secmon.webhooks import failures
from secmon.webhooks.addresses import AddressForbidden, Network
from secmon.webhooks.connections import CONNECT_SECONDS, EXCHANGE_SECONDS, GuardedBackend

log = structlog.get_logger(__name__)

LARGEST_ANSWER = 64 * 1024
# Shorter than servers keep idle connections, so that a request never meets a closing one.
KEEP_ALIVE_SECONDS = 2.0

_TIMEOUTS = {"connect": CONNECT_SECONDS, "read": EXCHANGE_SECONDS, "write": EXCHANGE_SECONDS}
_TROUBLE = (AddressForbidden, httpcore.TimeoutException, httpcore.NetworkError, httpcore.ProtocolError)


class WebhookCourier:
    """Takes messages to one endpoint, over connections that are kept alive.

    `trust` says whose certificates are believed; None: those that the machine believes.
    """

    def __init__(
        self,
        url: str,
        secrets: Sequence[str],
        allowed_networks: Sequence[Network],
        switch_off: Callable[[Work], None],
        trust: ssl.SSLContext | None = None,
    ) -> None:
        self._url = httpcore.URL(url)
        self._signers = [Webhook(secret) for secret in secrets]
        self._switch_off = switch_off
        self._trust = trust
        self._backend = GuardedBackend(allowed_networks, encrypted=self._url.scheme == b"https")
        # A connection a thread: a pool's lock costs more than what it saves.
        self._kept = threading.local()
        self._opened: list[httpcore.HTTPConnection] = []

    def send(self, message: Claimed, now: datetime) -> Outcome:
        content = body(message)
        headers = self._headers(message, content, now)
        try:
            with self._connection().stream(
                "POST", self._url, headers=headers, content=content, extensions={"timeout": _TIMEOUTS}
            ) as response:
                _read_bounded(response)
        except _TROUBLE as error:
            log.info(
                "webhook_failed", message_id=str(message.message_id), why=f"{type(error).__name__}: {error}"
            )
            return Outcome(Verdict.FAILED, error=failures.told(error))
        return _judge(response, now)

    def switch_off(self, work: Work) -> None:
        self._switch_off(work)

    def close(self) -> None:
        for connection in self._opened:
            if connection.is_idle():
                connection.close()

    def _connection(self) -> httpcore.HTTPConnection:
        """This thread's connection, or a new one where the receiver closed it or it was idle too long."""
        kept: httpcore.HTTPConnection | None = getattr(self._kept, "connection", None)
        if kept is not None and kept.is_idle() and not kept.has_expired():
            return kept
        if kept is not None:
            self._opened.remove(kept)
            kept.close()
        fresh = httpcore.HTTPConnection(
            self._url.origin,
            ssl_context=self._trust or _tls(),
            keepalive_expiry=KEEP_ALIVE_SECONDS,
            network_backend=self._backend,
        )
        self._kept.connection = fresh
        self._opened.append(fresh)
        return fresh

    def _headers(self, message: Claimed, content: bytes, now: datetime) -> list[tuple[str, str]]:
        message_id = str(message.message_id)
        text = content.decode()
        return [
            ("Host", _host(self._url)),
            ("Content-Type", "application/json"),
            ("Content-Length", str(len(content))),
            ("User-Agent", "secmon"),
            ("Webhook-Id", message_id),
            ("Webhook-Timestamp", str(int(now.timestamp()))),
            ("Webhook-Signature", " ".join(each.sign(message_id, now, text) for each in self._signers)),
        ]


def body(message: Claimed) -> bytes:
    """The same bytes at every attempt: what happened, when, to which account."""
    return json.dumps(
        {
            "type": message.kind,
            "timestamp": message.owed_at.isoformat().replace("+00:00", "Z"),
            "data": {"account_id": message.account_id, **json.loads(message.payload)},
        },
        ensure_ascii=False,
        separators=(",", ":"),
    ).encode()


def _judge(response: httpcore.Response, now: datetime) -> Outcome:
    status = response.status
    if HTTPStatus(200) <= status < HTTPStatus(300):
        return Outcome(Verdict.DELIVERED, status)
    if status == HTTPStatus.GONE:
        return Outcome(Verdict.GONE, status, "answered 410 Gone")
    asked = {name.lower(): value for name, value in response.headers}.get(b"retry-after")
    retry_after = parse_retry_after(None if asked is None else asked.decode("latin-1"), now)
    hint = "; redirects are not followed" if 300 <= status < 400 else ""
    return Outcome(Verdict.FAILED, status, f"answered {status}{hint}", retry_after)


def _read_bounded(response: httpcore.Response) -> None:
    # Read to the end, the connection can be used again; past the bound it is closed instead.
    size = 0
    for chunk in response.iter_stream():
        size += len(chunk)
        if size > LARGEST_ANSWER:
            return


def _host(url: httpcore.URL) -> str:
    host = url.host.decode()
    named = f"[{host}]" if ":" in host else host
    return named if url.port is None else f"{named}:{url.port}"


@cache
def _tls() -> ssl.SSLContext:
    return ssl.create_default_context()
