"""One unit of work: one transaction, one instant, one actor."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol, TypeVar

from sqlalchemy import Connection, Dialect, Engine
from sqlalchemy.orm import Session

from secmon.core.actor import Actor
from secmon.database.reading import Reader
from secmon.database.rows import gathered
from secmon.database.statements import Query, Row, begin_limited, run
from secmon.sealing.keyring import KeyRing

T = TypeVar("T")


class RowHeldTwice(Exception):
    """A mistake of ours: a second object was made of a row that this work writes already."""


@dataclass(frozen=True, slots=True)
class Check:
    """What must hold before anything in the transaction is believed: a caller not revoked, say.

    `judge` is given the rows of `query` and raises where they do not do.
    """

    query: Query
    judge: Callable[[list[Row]], None]


class Recorder(Protocol):
    """Vouches for what is recorded in a transaction: `audit.sealing`, chosen by the composition root."""

    @property
    def keys(self) -> KeyRing: ...

    def stamp(self, hashed: bytes) -> tuple[uuid.UUID, bytes]:
        """The id of the key that vouches, and its MAC of `hashed`."""
        ...


class Work:
    """What a service function is handed. Raising undoes everything; returning keeps it."""

    __slots__ = (
        "_check",
        "_connection",
        "_deferred",
        "_engine",
        "_kept",
        "_opened",
        "_reader",
        "actor",
        "now",
        "recorder",
    )

    def __init__(
        self,
        engine: Engine,
        now: datetime,
        actor: Actor,
        check: Check | None = None,
        reader: Reader | None = None,
        recorder: Recorder | None = None,
    ) -> None:
        self._engine = engine
        self._connection: Connection | None = None
        self._opened: Session | None = None
        self._reader = reader
        self.now = now
        self.actor = actor
        self.recorder = recorder
        self._check = check
        self._deferred: list[Query] = []
        self._kept: dict[Hashable, tuple[Any, Callable[[Any], Query]]] = {}

    @property
    def session(self) -> Session:
        """The session, once the caller's check has held."""
        if self._check is not None:
            self.read()
        return self._session()

    @property
    def dialect(self) -> Dialect:
        """The database's; asking for it sends nothing, where `session` sends the caller's check."""
        return self._engine.dialect

    def _session(self) -> Session:
        """Opened at its first use: statements that were compiled once need none."""
        if self._opened is None:
            begin_limited(self._connected())
            # The transaction is the connection's: what is sent without the session is part of it.
            self._opened = Session(
                self._connected(), expire_on_commit=False, join_transaction_mode="rollback_only"
            )
        return self._opened

    def _connected(self) -> Connection:
        if self._connection is None:
            self._connection = self._engine.connect()
            self._connection.begin()
        return self._connection

    def read(self, *queries: Query) -> list[list[Row]]:
        """The rows of each query, the caller's check sent along: one round trip on PostgreSQL.

        It comes last, where it goes with other reads of a row, and is judged before anything is answered.
        """
        check, self._check = self._check, None
        if check is None:
            return self._run(queries) if queries else []
        *answers, found = self._run((*queries, check.query))
        check.judge(found)
        return answers

    def _run(self, queries: Sequence[Query]) -> list[list[Row]]:
        if self._reader is not None:
            return self._reader.read(queries)
        return run(self._connected(), queries)

    def defer(self, *queries: Query) -> None:
        """Writes that nothing later in this work reads: sent with the commit, in one round trip."""
        self._deferred.extend(queries)

    def keep(self, key: Hashable, row: T, write: Callable[[T], Query]) -> T:
        """The one object of a row that this work writes, for whoever needs it next: see `kept`.

        It is written once, as it is when the work ends, however often it is kept. Two objects of one row
        would overwrite each other, and PostgreSQL refuses a row that is twice in one upsert.
        """
        known, _ = self._kept.setdefault(key, (row, write))
        if known is not row:
            raise RowHeldTwice(key)
        return row

    def kept(self, key: Hashable) -> Any:
        """The object of that row, if this work writes it; None where it does not."""
        held = self._kept.get(key)
        return None if held is None else held[0]

    def commit(self) -> None:
        """For `Database.work` alone: everything flushed, deferred writes sent, committed."""
        if self._check is not None:
            self.read()
        if self._opened is not None:
            self._opened.flush()
        writes = [*self._deferred, *(write(row) for row, write in self._kept.values())]
        if writes:
            connection = self._connected()
            run(connection, gathered(writes, connection.dialect), commit=True)
        elif self._connection is not None and self._connection.in_transaction():
            self._connection.commit()

    def close(self) -> None:
        """For `Database.work` alone: what was not committed is undone."""
        if self._opened is not None:
            self._opened.close()
        if self._connection is not None:
            self._connection.close()
