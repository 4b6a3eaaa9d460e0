"""Load at a given rate: requests leave when they are due, whether or not earlier ones were answered."""

from __future__ import annotations

import multiprocessing
import selectors
import socket
import time
from collections import deque
from collections.abc import Callable, Iterator

from bench.load import Exchange, Rate, rate_of

MAKE = Callable[[int], bytes]
LINGER_S = 30.0


def paced_rate(port: int, make: MAKE, *, per_second: float, seconds: float, connections: int) -> Rate:
    """Sends `make(number)` for number 0, 1, … at that rate for that long, and waits for the answers.

    A latency counts from when the request was due: a service that stands still does not thereby hide
    the requests that nobody could send meanwhile.
    """
    context = multiprocessing.get_context("fork")
    receiving, sending = context.Pipe(duplex=False)

    def drive() -> None:
        sending.send(_Pacer(port, make, per_second, connections).run(seconds))

    process = context.Process(target=drive)
    process.start()
    rate: Rate = receiving.recv()
    process.join()
    return rate


class _Pacer:
    def __init__(self, port: int, make: MAKE, per_second: float, connections: int) -> None:
        self._make = make
        self._per_second = per_second
        self._ready = selectors.DefaultSelector()
        self._idle: deque[socket.socket] = deque()
        for _ in range(connections):
            connection = socket.create_connection(("127.0.0.1", port))
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            self._ready.register(connection, selectors.EVENT_READ, Exchange(connection))
            self._idle.append(connection)
        self._latencies: list[float] = []
        self._failed = 0

    def run(self, seconds: float) -> Rate:
        started = time.perf_counter()
        for number, due in self._due_times(started, seconds):
            while not self._idle or time.perf_counter() < due:
                self._answers(0.05 if not self._idle else max(due - time.perf_counter(), 0.0))
            self._send(number, due)
        give_up = time.perf_counter() + LINGER_S
        while len(self._idle) < len(self._ready.get_map()) and time.perf_counter() < give_up:
            self._answers(0.1)
        return rate_of(self._latencies, time.perf_counter() - started, self._failed)

    def _due_times(self, started: float, seconds: float) -> Iterator[tuple[int, float]]:
        for number in range(int(self._per_second * seconds)):
            yield number, started + number / self._per_second

    def _send(self, number: int, due: float) -> None:
        connection = self._idle.popleft()
        exchange: Exchange = self._ready.get_key(connection).data
        exchange.received, exchange.sent_at = b"", due
        connection.sendall(self._make(number))

    def _answers(self, wait_s: float) -> None:
        for key, _ in self._ready.select(wait_s):
            exchange: Exchange = key.data
            received = exchange.connection.recv(1 << 18)
            if not received:
                raise ConnectionError("the service closed a connection in the middle of an answer")
            exchange.received += received
            if exchange.complete():
                self._latencies.append(time.perf_counter() - exchange.sent_at)
                self._failed += exchange.received[9:10] != b"2"
                self._idle.append(exchange.connection)
