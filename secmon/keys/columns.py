"""Columns under the key ring, walked in batches: which keys are in use, and putting all under another."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Update, and_, bindparam, select, tuple_, update

from secmon.database.statements import Row
from secmon.database.work import Work
from secmon.rooms.sealed_columns import SealedColumn
from secmon.sealing.keyring import KeyRing, KeyRingError

NEAR_AN_END = 1_000

Key = tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class Batch:
    """What was found in some rows: how many lie under each key, and where to go on (None: at the end)."""

    keys: Counter[str]
    after: Key | None
    resealed: int = 0
    unreadable: int = 0


def look(work: Work, sealed: SealedColumn, keys: KeyRing, after: Key | None, limit: int) -> Batch:
    """Which keys the next `limit` rows lie under."""
    rows = _rows(work, sealed, after, limit)
    return Batch(Counter(keys.key_of(row[-1]) for row in rows), _end(rows, limit))


def reseal(work: Work, sealed: SealedColumn, keys: KeyRing, after: Key | None, limit: int) -> Batch:
    """Puts the next `limit` rows under the primary key. Takes no lock before it writes.

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
        work.session.connection().execute(_update(sealed), changes)
    found = Counter(keys.key_of(row[-1]) for row in rows)
    return Batch(found, _end(rows, limit), len(changes), unreadable)


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
