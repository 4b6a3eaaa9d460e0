"""Bodies on their way: nobody waits for them, and none is on its way for longer than it may be."""

from __future__ import annotations

import threading
import time
from asyncio import CancelledError
from collections.abc import Callable
from enum import Enum, auto
from typing import Any

# How often is looked who is late.
LOOKS_EVERY_S = 0.25


class Outcome(Enum):
    """What became of a body."""

    COMPLETE = auto()
    LARGER = auto()
    LATE = auto()
    BROKEN = auto()


class Arriving:
    """One body. Whichever thread its last piece comes to goes on with the request.

    `protocol` is granian's (RSGI): its futures call back in the thread that ends them.
    """

    def __init__(self, protocol: Any, length: int | None) -> None:
        self.length = length
        self.so_far = 0
        self._protocol = protocol
        # Held no longer than it is needed: in a circle, the protocol would keep its connection open.
        self._then: Callable[[Outcome], None] | None = None
        self._at_most = 0
        self._pieces: list[bytes] = []
        # What is waited for; whoever takes it out goes on, and nobody else.
        self._awaited: set[Any] = set()
        self._late = False

    def receive(self, at_most: int, then: Callable[[Outcome], None]) -> None:
        """Receives on, up to the end or beyond `at_most` bytes, and calls `then`.

        A body of known length comes in one piece.
        """
        self._at_most, self._then = at_most, then
        if self.length is None and not self._pieces:
            self._protocol.__aiter__()
        piece = self._protocol.__anext__() if self.length is None else self._protocol()
        if not self._has_to_wait(piece):
            self._go_on(piece)

    def body(self) -> bytes:
        """What has come, once."""
        pieces, self._pieces = self._pieces, []
        return b"".join(pieces)

    def give_up(self) -> None:
        """It is too late for more. Any thread may say so, at any time."""
        self._late = True
        for piece in tuple(self._awaited):
            if piece.cancel():
                self._ended(piece)

    def _has_to_wait(self, piece: Any) -> bool:
        self._awaited.add(piece)
        piece.add_done_callback(self._ended)
        if self._late:
            piece.cancel()
        # A future that had ended by then calls nobody.
        return not (piece.done() and self._take_over(piece))

    def _ended(self, piece: Any) -> None:
        if self._take_over(piece):
            self._go_on(piece)

    def _take_over(self, piece: Any) -> bool:
        try:
            self._awaited.remove(piece)
        except KeyError:
            return False
        return True

    def _go_on(self, piece: Any) -> None:
        # A loop, for a thousand small pieces may be there already.
        while (outcome := self._added(piece)) is None:
            piece = self._protocol.__anext__()
            if self._has_to_wait(piece):
                return
        then, self._then = self._then, None
        if then is not None:
            then(outcome)

    def _added(self, piece: Any) -> Outcome | None:
        try:
            data: bytes = piece.result()
        except CancelledError:
            return Outcome.LATE
        except Exception:  # noqa: BLE001 - The sender is gone, or speaks no HTTP any more.
            return Outcome.BROKEN
        self._pieces.append(data)
        self.so_far += len(data)
        if self.so_far > self._at_most:
            return Outcome.LARGER
        if self.length is not None:
            return Outcome.COMPLETE
        return None if data else self._end()

    def _end(self) -> Outcome:
        """An empty piece is the end, or stands for an error; only after the end nothing can be asked for."""
        try:
            self._protocol.__anext__().cancel()
        except StopAsyncIteration:
            return Outcome.COMPLETE
        return Outcome.BROKEN


class Deadlines:
    """Gives up bodies that take longer than `within_s`."""

    def __init__(self, within_s: float) -> None:
        self._within_s = within_s
        self._stops_at = float("inf")
        self._begun: dict[Arriving, float] = {}
        self._lock = threading.Lock()

    def watch(self) -> None:
        """Begins to look, in a thread of its own."""
        threading.Thread(target=self._watch, name="deadlines", daemon=True).start()

    def begin(self, body: Arriving) -> None:
        with self._lock:
            self._begun[body] = time.monotonic()

    def end(self, body: Arriving) -> None:
        with self._lock:
            self._begun.pop(body, None)

    def stop_within(self, seconds: float) -> None:
        """From then on nothing is waited for. A signal's handler may call this."""
        self._stops_at = time.monotonic() + seconds

    def _watch(self) -> None:
        while True:
            time.sleep(LOOKS_EVERY_S)
            self._give_up()

    def _give_up(self) -> None:
        # In a frame of its own, which holds none of them afterwards.
        for body in self._late():
            body.give_up()

    def _late(self) -> list[Arriving]:
        now = time.monotonic()
        began_before = now if now >= self._stops_at else now - self._within_s
        late = []
        with self._lock:
            # In the order in which they began.
            for body, begun in self._begun.items():
                if begun > began_before:
                    break
                late.append(body)
        return late
