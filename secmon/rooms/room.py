"""A room of the house: what it answers, stores, erases, tells, does now and then, and seals."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from secmon.database.retention import Expired, Purged
from secmon.database.tables import Base
from secmon.database.work import Work
from secmon.rooms.blueprint import Blueprint
from secmon.rooms.duty import Duty
from secmon.rooms.entries import TimelineSource
from secmon.rooms.sealed_columns import SealedColumn
from secmon.settings.environment import Settings

# Deletes what a room knows of an account.
Eraser = Callable[[Work, str], None]
# Deletes one batch of what was kept long enough.
Purge = Callable[[Work, Expired], Purged]


class Kept(StrEnum):
    """Classes of retention: each is kept for as many days as a setting says."""

    EVENTS = "events"
    RECORDS = "records"


@dataclass(frozen=True, slots=True)
class Retention:
    """A table that is purged by age; `name` is the duty's."""

    name: str
    kept: Kept
    purge: Purge


def _no_duties(_settings: Settings) -> tuple[Duty, ...]:
    return ()


@dataclass(frozen=True, slots=True)
class Room:
    """Registered once, in `secmon.house`; whatever needs all of a kind gathers it from there.

    `stays` names the tables whose rows of an account outlive its erasure.
    """

    routes: tuple[Blueprint, ...] = ()
    tables: tuple[type[Base], ...] = ()
    eraser: Eraser | None = None
    stays: tuple[type[Base], ...] = ()
    timeline: tuple[TimelineSource, ...] = ()
    duties: Callable[[Settings], tuple[Duty, ...]] = _no_duties
    retention: tuple[Retention, ...] = ()
    sealed: tuple[SealedColumn, ...] = ()
