"""Connections to PostgreSQL that nobody waits for without end: a server may also just fall silent.

The server's own limits (statement_timeout, lock_timeout) end what is slow. They say nothing where its
machine stands still or the network between is cut: then only the client can give up.
"""

from __future__ import annotations

import threading
from dataclasses import dataclass
from typing import Any

import psycopg
from psycopg.abc import RV, PQGen

# By SET and not with the connection's parameters, which poolers refuse, or drop without a word. The last
# tells whether one is in between: another process answers than the one that the connection was made to.
_LIMIT = """
    SELECT set_config('TimeZone', 'UTC', false), set_config('statement_timeout', %s, false),
        set_config('lock_timeout', %s, false), pg_backend_pid()
"""


@dataclass(frozen=True, slots=True)
class Limits:
    """After how many milliseconds the server itself ends a statement, and the wait for a lock; 0: never."""

    statement_ms: int = 0
    lock_ms: int = 0


class BoundedConnection(psycopg.Connection[Any]):
    """Gives the server up, and itself, where no answer came within `answers_within_s` (None: waits on).

    `is_pooled`: a pooler may give each transaction another session of the server's, so that `limits` have to
    be set in each of them.
    """

    answers_within_s: float | None = None
    limits = Limits()
    is_pooled = False

    def __init__(self, *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, **named)
        # The names of the commands that this connection has prepared (`database.wire`).
        self.prepared = set[bytes]()

    def limit(self, limits: Limits) -> None:
        """Sets the session's limits and its time zone, in a round trip. Raises `psycopg.Error`."""
        self.limits = limits
        self.autocommit = True
        row = self.execute(_LIMIT, [str(limits.statement_ms), str(limits.lock_ms)]).fetchone()
        self.autocommit = False
        self.is_pooled = row is None or row[-1] != self.info.backend_pid

    def wait(self, gen: PQGen[RV], interval: float = 0.1, timeout: float | None = None) -> RV:
        """As psycopg's, for every round trip; raises `psycopg.OperationalError`."""
        try:
            return super().wait(gen, interval, self.answers_within_s if timeout is None else timeout)
        except psycopg.errors.PipelineAborted:
            # An earlier statement failed, and said so: the connection is as good as before.
            raise
        except psycopg.OperationalError as error:
            # Not the server's word, but a connection whose answer is still to come: nobody may read it.
            if timeout is None and error.sqlstate is None:
                self.pgconn.finish()
            raise


class Connecting:
    """Opens connections. While the server is away one attempt at a time is made, and nobody else waits.

    Else every thread of the process would stand in an attempt, and none could say that it lives.
    """

    def __init__(self, answers_within_s: float | None, limits: Limits | None = None) -> None:
        self._answers_within_s = answers_within_s
        self._limits = limits or Limits()
        self._trying = threading.Lock()
        self._is_away = False

    def __call__(self, **parameters: Any) -> BoundedConnection:
        """A connection; raises `psycopg.OperationalError`, at once where another attempt is under way."""
        if not self._is_away:
            return self._connect(parameters)
        if not self._trying.acquire(blocking=False):
            raise psycopg.OperationalError("the database is away")
        try:
            return self._connect(parameters)
        finally:
            self._trying.release()

    def _connect(self, parameters: dict[str, Any]) -> BoundedConnection:
        try:
            # psycopg would prepare what comes often, and after a rollback forget all that is prepared.
            connection = BoundedConnection.connect(**parameters, prepare_threshold=None)
            connection.answers_within_s = self._answers_within_s
            connection.limit(self._limits)
        except psycopg.OperationalError:
            self._is_away = True
            raise
        self._is_away = False
        return connection
