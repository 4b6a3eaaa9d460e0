"""One page of a list as a query: what comes after the cursor, in the order of the cursor's key."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, TypeVar, TypeVarTuple

from sqlalchemy import Select, tuple_
from sqlalchemy.orm import InstrumentedAttribute

from secmon.core.pages import PageRequest, page
from secmon.database.work import Work

T = TypeVar("T")
Key = Sequence[InstrumentedAttribute[Any]]
Columns = TypeVarTuple("Columns")


def newest(work: Work, query: Select[T], key: Key, wanted: PageRequest) -> tuple[list[T], str | None]:
    """One page of a query for one table's rows, newest first by `key`, and the next cursor."""
    rows = work.session.scalars(behind(query, key, wanted)).all()
    return page(rows, wanted, lambda row: [getattr(row, column.key) for column in key])


def behind(
    query: Select[*Columns], key: Key, wanted: PageRequest, *, ascending: bool = False
) -> Select[*Columns]:
    """The query for a page, and for one row more where there is one; `page` makes the cursor of them."""
    if wanted.after is not None:
        # A single column is compared as itself: that is what its index is asked by.
        reached = key[0] if len(key) == 1 else tuple_(*key)
        last = wanted.after[0] if len(key) == 1 else wanted.after
        query = query.where(reached > last if ascending else reached < last)
    ordered = query.order_by(*(column if ascending else column.desc() for column in key))
    return ordered.limit(wanted.limit + 1)
