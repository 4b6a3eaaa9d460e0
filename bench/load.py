"""A load generator that costs little beside what it measures: kept-alive sockets, ready-made requests."""

from __future__ import annotations

import multiprocessing
import selectors
import socket
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

CONNECTIONS = 8


@dataclass(frozen=True, slots=True)
class Rate:
    """Requests a second, and latencies in milliseconds."""

    per_second: float
    median_ms: float
    p99_ms: float
    failed: int
    done: int = 0


def http_request(
    method: str, path: str, token: str | None, body: bytes = b"", kind: str = "application/json"
) -> bytes:
    """One HTTP/1.1 request as bytes."""
    head = [
        f"{method} {path} HTTP/1.1",
        "Host: bench",
        f"Content-Length: {len(body)}",
        f"Content-Type: {kind}",
    ]
    if token:
        head.append(f"Authorization: Bearer {token}")
    return ("\r\n".join(head) + "\r\n\r\n").encode() + body


def http_rate(port: int, requests: list[bytes], *, seconds: float, connections: int = CONNECTIONS) -> Rate:
    """Sends the requests over `connections` at once until they are used up or `seconds` are over."""
    with multiprocessing.get_context("fork").Pool(1) as pool:
        return pool.apply(_drive, (port, requests, seconds, connections))


def _drive(port: int, requests: list[bytes], seconds: float, connections: int) -> Rate:
    ready = selectors.DefaultSelector()
    waiting = iter(requests)
    latencies: list[float] = []
    failed = 0
    started = time.perf_counter()
    until = started + seconds
    for _ in range(connections):
        connection = socket.create_connection(("127.0.0.1", port))
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        ready.register(connection, selectors.EVENT_READ, Exchange(connection))
        _send(ready, connection, waiting, until)
    while ready.get_map():
        for key, _ in ready.select():
            exchange: Exchange = key.data
            connection = exchange.connection
            exchange.received += connection.recv(1 << 18)
            if not exchange.complete():
                continue
            latencies.append(time.perf_counter() - exchange.sent_at)
            failed += exchange.received[9:10] != b"2"
            _send(ready, connection, waiting, until)
    took = time.perf_counter() - started
    return rate_of(latencies, took, failed)


class Exchange:
    """One request under way on a connection."""

    def __init__(self, connection: socket.socket) -> None:
        self.connection = connection
        self.received = b""
        self.sent_at = 0.0

    def complete(self) -> bool:
        head, found, body = self.received.partition(b"\r\n\r\n")
        if not found:
            return False
        at = head.lower().find(b"content-length:")
        length = int(head[at + 15 :].split(b"\r\n", 1)[0]) if at >= 0 else 0
        return len(body) >= length


def _send(ready: Any, connection: socket.socket, waiting: Iterator[bytes], until: float) -> None:
    request = next(waiting, None) if time.perf_counter() < until else None
    if request is None:
        ready.unregister(connection)
        connection.close()
        return
    exchange: Exchange = ready.get_key(connection).data
    exchange.received, exchange.sent_at = b"", time.perf_counter()
    connection.sendall(request)


def direct_rate(
    act: Callable[[int], Callable[[int], None]], *, seconds: float, connections: int = CONNECTIONS
) -> Rate:
    """`act(worker)` connects and answers what does piece of work number n; a process a connection.

    The numbers are dealt out in turn, as requests are to connections: whoever takes the account of a
    number to be `n % ACCOUNTS` has every connection at accounts of its own, and none waits for a row.
    """
    # Forked, so that `act` may be a closure: nothing has to be pickled on the way in.
    context = multiprocessing.get_context("fork")
    results: multiprocessing.SimpleQueue[tuple[list[float], float]] = context.SimpleQueue()
    workers = [
        context.Process(target=lambda number=number: results.put(_repeat(act, number, connections, seconds)))
        for number in range(connections)
    ]
    for worker in workers:
        worker.start()
    done = [results.get() for _ in workers]
    for worker in workers:
        worker.join()
    return rate_of([latency for one, _ in done for latency in one], max(took for _, took in done), 0)


def _repeat(
    act: Callable[[int], Callable[[int], None]], worker: int, connections: int, seconds: float
) -> tuple[list[float], float]:
    do = act(worker)
    latencies = []
    started = time.perf_counter()
    number = 0
    while (before := time.perf_counter()) < started + seconds:
        do(number * connections + worker)
        latencies.append(time.perf_counter() - before)
        number += 1
    return latencies, time.perf_counter() - started


def rate_of(latencies: list[float], took: float, failed: int) -> Rate:
    ordered = sorted(latencies)
    median, p99 = (ordered[int((len(ordered) - 1) * share)] * 1000 for share in (0.5, 0.99))
    return Rate(len(ordered) / took, median, p99, failed, len(ordered))
