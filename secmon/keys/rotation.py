"""Do the keys fit what is stored (F15), and moving all of it under another key while the service works.

Ciphertexts are walked in small transactions. Nothing remembers how far a walk came: what lies under the
primary key already is passed over, so one that was interrupted is simply started again.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Any

import structlog
from sqlalchemy import Update, and_, bindparam, select, tuple_, update
from sqlalchemy.exc import DBAPIError

from secmon.core.actor import SYSTEM
from secmon.database.engine import Database
from secmon.database.statements import Row
from secmon.database.work import Work
from secmon.house import SEALED
from secmon.rooms.sealed_columns import SealedColumn
from secmon.sealing.keyring import DAMAGED, KeyRing, KeyRingError

# Rows a transaction; a verification that meets one of them waits some milliseconds.
BATCH = 200

Key = tuple[Any, ...]
Works = Callable[[], AbstractContextManager[Work]]
log = structlog.get_logger(__name__)
NEAR_AN_END = 1_000


@dataclass(frozen=True, slots=True)
class Batch:
    """What was found in some rows: how many lie under each key, and where to go on (None: at the end)."""

    keys: Counter[str]
    after: Key | None
    resealed: int = 0
    unreadable: int = 0


Visit = Callable[[Work, SealedColumn, KeyRing, Key | None, int], Batch]


@dataclass(frozen=True, slots=True)
class Walked:
    """One column: ciphertexts by the key that they were found under, how many moved, how many cannot."""

    column: str
    keys: Counter[str]
    resealed: int = 0
    unreadable: int = 0


def rotate(works: Works, keys: KeyRing) -> Iterator[Walked]:
    """Moves everything under the primary key, a column at a time."""
    return (_walk(works, sealed, keys, reseal) for sealed in SEALED)


def survey(works: Works, keys: KeyRing) -> Iterator[Walked]:
    """Which keys are in use, a column at a time; `works` may be read-only."""
    return (_walk(works, sealed, keys, look) for sealed in SEALED)


def _walk(works: Works, sealed: SealedColumn, keys: KeyRing, visit: Visit) -> Walked:
    found: Counter[str] = Counter()
    resealed = unreadable = 0
    after: Key | None = None
    while True:
        with works() as work:
            batch = visit(work, sealed, keys, after, BATCH)
        found += batch.keys
        resealed, unreadable = resealed + batch.resealed, unreadable + batch.unreadable
        after = batch.after
        if after is None:
            return Walked(sealed.name, found, resealed, unreadable)


def require_keys(database: Database, keys: KeyRing) -> None:
    """Raises `KeyRingError`, a sentence that names columns and keys, where a sample cannot be read.

    A database that is not there yet, or not migrated, is for `/readyz` to tell.
    """
    try:
        with database.work(SYSTEM, write=False) as work:
            problems = _problems(work, keys)
    except DBAPIError as error:
        log.warning("keys_not_checked", kind=type(error).__name__)
        return
    finally:
        # No connection stays open: the process may fork next, or end.
        database.dispose()
    if problems:
        raise KeyRingError("; ".join(problems))


def misfit(database: Database, keys: KeyRing) -> str | None:
    """The same for anybody to read. Raises where no database answers."""
    with database.work(SYSTEM, write=False) as work:
        return "some of what is stored cannot be read with these keys" if _problems(work, keys) else None


def _problems(work: Work, keys: KeyRing) -> list[str]:
    return [problem for sealed in SEALED if (problem := _problem(work, sealed, keys)) is not None]


def _problem(work: Work, sealed: SealedColumn, keys: KeyRing) -> str | None:
    """What is wrong with a column, judged by two of its rows.

    One row that was tampered with must not keep the service from starting, so a key that is there is only
    called another one where it opens neither.
    """
    rows = [row for row in ends(work, sealed) if keys.key_of(row[-1]) != DAMAGED]
    names = {keys.key_of(row[-1]) for row in rows}
    missing = sorted(names - keys.keys.keys())
    if missing:
        return f"{sealed.name} lies under the key {', '.join(missing)}, which is missing"
    if rows and not any(_opens(row, sealed, keys) for row in rows):
        return f"{sealed.name} does not open with the key {', '.join(sorted(names))}: it is another one"
    return None


def _opens(row: Row, sealed: SealedColumn, keys: KeyRing) -> bool:
    *key, ciphertext = row
    try:
        keys.decrypt(ciphertext, sealed.context(*key))
    except KeyRingError:
        return False
    return True


def look(work: Work, sealed: SealedColumn, keys: KeyRing, after: Key | None, limit: int) -> Batch:
    """Which keys the next `limit` rows lie under."""
    rows = _rows(work, sealed, after, limit)
    return Batch(Counter(keys.key_of(row[-1]) for row in rows), _end(rows, limit))


def reseal(work: Work, sealed: SealedColumn, keys: KeyRing, after: Key | None, limit: int) -> Batch:
    """Puts the next `limit` rows under the primary key. Locks nothing before it writes.

    A ciphertext that changed since it was read is left alone: whoever wrote it had the newer secret.
    One that cannot be decrypted is counted, and stays as it is.
    """
    rows = _rows(work, sealed, after, limit)
    unreadable, changes = 0, []
    for row in rows:
        *key, old = row
        if keys.key_of(old) == keys.primary:
            continue
        context = sealed.context(*key)
        try:
            new = keys.encrypt(keys.decrypt(old, context), context)
        except KeyRingError:
            unreadable += 1
            continue
        changes.append({**{f"key_{n}": part for n, part in enumerate(key)}, "old": old, "new": new})
    if changes:
        _lock_behind(work, sealed, [change["key_0"] for change in changes])
        work.session.connection().execute(_update(sealed), changes)
    found = Counter(keys.key_of(row[-1]) for row in rows)
    return Batch(found, _end(rows, limit), len(changes), unreadable)


def _lock_behind(work: Work, sealed: SealedColumn, account_ids: Sequence[str]) -> None:
    """In everybody's order, else two of them wait for each other in a circle."""
    if sealed.behind is not None:
        rows = select(sealed.behind).where(sealed.behind.in_(account_ids)).order_by(sealed.behind)
        work.session.execute(rows.with_for_update())


def ends(work: Work, sealed: SealedColumn) -> list[Row]:
    """(primary key…, ciphertext) of one row near either end of the table, where any there hold one.

    However long the table is, and however few of its rows hold one, this is quick.
    """
    primary_key = list(sealed.table.primary_key)
    found: list[Row] = []
    for order in (primary_key, [part.desc() for part in primary_key]):
        near = select(*primary_key, sealed.column).order_by(*order).limit(NEAR_AN_END).subquery()
        held = select(near).where(near.c[sealed.column.key].is_not(None)).limit(1)
        found += [tuple(row) for row in work.session.execute(held)]
    return found


def _rows(work: Work, sealed: SealedColumn, after: Key | None, limit: int) -> Sequence[Any]:
    """(primary key…, ciphertext) of the next rows that hold one."""
    primary_key = list(sealed.table.primary_key)
    query = select(*primary_key, sealed.column).where(sealed.column.is_not(None))
    if after is not None:
        query = query.where(tuple_(*primary_key) > after)
    return work.session.execute(query.order_by(*primary_key).limit(limit)).all()


def _end(rows: Sequence[Any], limit: int) -> Key | None:
    return tuple(rows[-1][:-1]) if len(rows) == limit else None


def _update(sealed: SealedColumn) -> Update:
    column = sealed.table.c[sealed.column.key]
    row = [part == bindparam(f"key_{n}") for n, part in enumerate(sealed.table.primary_key)]
    unchanged = column == bindparam("old")
    return update(sealed.table).where(and_(*row, unchanged)).values({column: bindparam("new")})
