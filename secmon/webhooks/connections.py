"""Connections to receivers: the address is checked when the connection is made, and then connected to.

A name is resolved here and once, so nothing can answer differently between check and connection. TLS
still verifies the name. Connecting, the handshake and an exchange are each bounded as a whole, not only
each read of them: an attempt takes 25 seconds at most, far less than the lease it is made under.
"""

from __future__ import annotations

import socket
import ssl
import time
from collections.abc import Iterable, Sequence
from typing import Any

import httpcore

from secmon.core.dialling import MOST_ADDRESSES, Resolve, looked_up
from secmon.webhooks.addresses import AddressForbidden, Network, allowed, in_networks

CONNECT_SECONDS = 5.0
EXCHANGE_SECONDS = 15.0


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
