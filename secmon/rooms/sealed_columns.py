"""Columns that hold ciphertexts, with what each ciphertext is bound to."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, cast

from sqlalchemy import Table
from sqlalchemy.orm import InstrumentedAttribute


@dataclass(frozen=True, slots=True)
class SealedColumn:
    """A column of ciphertexts. `context` names what one is bound to, given the values of the primary key.

    `behind` is the `account_id` of the table whose row everybody else locks before they write this one.
    """

    column: InstrumentedAttribute[Any]
    context: Callable[..., str]
    behind: InstrumentedAttribute[Any] | None = None

    @property
    def name(self) -> str:
        """`table.column`."""
        return f"{self.table.name}.{self.column.key}"

    @property
    def table(self) -> Table:
        return cast(Table, self.column.class_.__table__)
