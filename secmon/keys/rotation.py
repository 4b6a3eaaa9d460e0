"""Do the keys fit what is stored (F15), and moving all of it under another key while the service works.

Ciphertexts are walked in small transactions. Nothing remembers how far a walk came: what lies under the
primary key already is passed over, so one that was interrupted is simply started again.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass

import structlog
from sqlalchemy.exc import DBAPIError

from secmon.core.actor import SYSTEM
from secmon.database.engine import Database
from secmon.database.statements import Row
from secmon.database.work import Work
from secmon.house import SEALED
from secmon.keys.columns import Batch, Key, ends, look, reseal
from secmon.rooms.sealed_columns import SealedColumn
from secmon.sealing.keyring import DAMAGED, KeyRing, KeyRingError

# Rows a transaction; a verification that meets one of them waits some milliseconds.
BATCH = 200

Works = Callable[[], AbstractContextManager[Work]]
Visit = Callable[[Work, SealedColumn, KeyRing, Key | None, int], Batch]
log = structlog.get_logger(__name__)


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
