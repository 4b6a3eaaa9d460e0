"""Walking all ciphertexts in small transactions, while the service goes on reading and writing them.

Nothing remembers how far a walk came: what lies under the primary key already is passed over, so one
that was interrupted is simply started again.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass

from secmon.database.work import Work
from secmon.house import SEALED
from secmon.keys.columns import Batch, Key, look, reseal
from secmon.rooms.sealed_columns import SealedColumn
from secmon.sealing.keyring import KeyRing

# Rows a transaction; a verification that meets one of them waits some milliseconds.
BATCH = 200

Works = Callable[[], AbstractContextManager[Work]]
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
