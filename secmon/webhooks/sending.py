"""One webhook on its way: signed by Standard Webhooks, sent without redirects, the answer bounded.

https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md

A name is resolved here and once, the address checked and then connected to, so nothing can answer
differently between check and connection. TLS still verifies the name. Connecting, the handshake and an
exchange are each bounded as a whole, not only each read of them: an attempt takes 25 seconds at most, far
less than the lease it is made under.
"""

from __future__ import annotations

import json
import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from functools import cache
from http import HTTPStatus
from typing import Any

import httpcore
import structlog
from standardwebhooks import Webhook

from secmon.core.dialling import MOST_ADDRESSES, Resolve, looked_up
from secmon.database.work import Work
from secmon.outbox.schedule import parse_retry_after
from secmon.outbox.sending import AttemptOutcome, AttemptVerdict, Claimed
from secmon.webhooks import failures
from secmon.webhooks.addresses import AddressForbidden, Network, allowed, in_networks

log = structlog.get_logger(__name__)

LARGEST_ANSWER = 64 * 1024
CONNECT_SECONDS = 5.0
EXCHANGE_SECONDS = 15.0
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

    def send(self, message: Claimed, now: datetime) -> AttemptOutcome:
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
            return AttemptOutcome(AttemptVerdict.FAILED, error=failures.told(error))
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


def _judge(response: httpcore.Response, now: datetime) -> AttemptOutcome:
    status = response.status
    if HTTPStatus(200) <= status < HTTPStatus(300):
        return AttemptOutcome(AttemptVerdict.DELIVERED, status)
    if status == HTTPStatus.GONE:
        return AttemptOutcome(AttemptVerdict.GONE, status, "answered 410 Gone")
    asked = {name.lower(): value for name, value in response.headers}.get(b"retry-after")
    retry_after = parse_retry_after(None if asked is None else asked.decode("latin-1"), now)
    hint = "; redirects are not followed" if 300 <= status < 400 else ""
    return AttemptOutcome(AttemptVerdict.FAILED, status, f"answered {status}{hint}", retry_after)


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


class GuardedBackend(httpcore.NetworkBackend):
    """Connects to public addresses, and to others only where the operator allows their network.

    Without TLS only what the operator allows is connected to: an event is nobody else's to read.
    """

    def __init__(
        self,
        allowed_networks: Sequence[Network],
        *,
        encrypted: bool,
        exchange_seconds: float = EXCHANGE_SECONDS,
        resolve: Resolve = socket.getaddrinfo,
    ) -> None:
        self._allowed_networks = allowed_networks
        self._encrypted = encrypted
        self._exchange_seconds = exchange_seconds
        self._resolve = resolve
        self._sockets = httpcore.SyncBackend()

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.NetworkStream:
        """Raises `AddressForbidden` if any address of `host` is; otherwise tries the first ones in turn."""
        ends = time.monotonic() + (CONNECT_SECONDS if timeout is None else timeout)
        failure: Exception = httpcore.ConnectError(f"{host} has no address")
        for address in self._addresses(host, port, ends)[:MOST_ADDRESSES]:
            left = max(0.001, ends - time.monotonic())
            try:
                stream = self._sockets.connect_tcp(address, port, left, local_address, socket_options)
            except (httpcore.ConnectError, httpcore.ConnectTimeout) as error:
                failure = error
            else:
                return _BoundedStream(stream, self._exchange_seconds)
        raise failure

    def connect_unix_socket(
        self, path: str, timeout: float | None = None, socket_options: Iterable[Any] | None = None
    ) -> httpcore.NetworkStream:
        raise AddressForbidden("a webhook goes to no socket of this machine")

    def sleep(self, seconds: float) -> None:
        time.sleep(seconds)

    def _addresses(self, host: str, port: int, ends: float) -> list[str]:
        try:
            found = looked_up(host, port, ends - time.monotonic(), self._resolve)
        except (OSError, UnicodeError) as error:
            raise httpcore.ConnectError(f"{host} cannot be resolved") from error
        addresses = [allowed(str(entry[4][0]), self._allowed_networks) for entry in found]
        if not self._encrypted and not all(in_networks(each, self._allowed_networks) for each in addresses):
            raise AddressForbidden("without TLS only SECMON_WEBHOOK_ALLOWED_NETWORKS are sent to")
        return [str(address) for address in addresses]


class _BoundedStream(httpcore.NetworkStream):
    """A stream on which each exchange (what is written, and what is read for it) has one deadline.

    Head and body of a request leave together, when the answer is first asked for: half the system calls.
    """

    def __init__(self, stream: httpcore.NetworkStream, seconds: float) -> None:
        self._stream = stream
        self._seconds = seconds
        self._unsent = b""
        self._ends = time.monotonic() + seconds

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        if self._unsent:
            self._ends = time.monotonic() + self._seconds
            unsent, self._unsent = self._unsent, b""
            self._stream.write(unsent, self._left())
        return self._stream.read(max_bytes, self._left())

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._unsent += buffer

    def close(self) -> None:
        self._stream.close()

    def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,
    ) -> httpcore.NetworkStream:
        # Python's ssl bounds the handshake as a whole by the socket's time-out.
        seconds = CONNECT_SECONDS if timeout is None else timeout
        return _BoundedStream(self._stream.start_tls(ssl_context, server_hostname, seconds), self._seconds)

    def get_extra_info(self, info: str) -> Any:
        return self._stream.get_extra_info(info)

    def _left(self) -> float:
        left = self._ends - time.monotonic()
        if left <= 0:
            raise httpcore.ReadTimeout("the exchange took too long")
        return left
