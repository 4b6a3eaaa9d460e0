"""One timeline out of many sources: each domain tells its own entries, this merges them, newest first."""

from __future__ import annotations

import heapq
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import islice

from secmon.database.work import Work
from secmon.rooms.entries import Before, Entry, TimelineSource
from secmon.sealing.install_ids import InstallIds


@dataclass(frozen=True, slots=True)
class ToldEntry:
    """An entry with the name of the source that told it."""

    source: str
    entry: Entry


Position = tuple[datetime, str, str]


def read(
    work: Work, account_id: str, sources: Sequence[TimelineSource], after: Position | None, limit: int
) -> list[ToldEntry]:
    """The `limit` newest entries behind the position `after` (time, source, key), newest first."""
    by_source = (
        [
            ToldEntry(source.name, entry)
            for entry in source.read(work, account_id, _before(source, after), limit)
        ]
        for source in sources
    )
    merged = heapq.merge(*by_source, key=lambda told: (told.entry.at, told.source), reverse=True)
    return list(islice(merged, limit))


def whole(
    work: Work, account_id: str, sources: Sequence[TimelineSource], entries_a_read: int
) -> list[ToldEntry]:
    """All there is, oldest first. Each source is read to its end on its own: nothing is read twice."""
    found = [
        ToldEntry(source.name, entry)
        for source in sources
        for entry in reversed(list(_all_of(work, account_id, source, entries_a_read)))
    ]
    return sorted(found, key=lambda told: (told.entry.at, told.source))


def disclosed(entry: Entry, installs: InstallIds) -> Entry:
    """The entry as anybody may read it: devices are shown by the digests of their installs' ids."""
    # What the record says of devices has them for its subject, and in its sentence.
    names = ("device_id", "subject") if entry.what.startswith("device.") else ("device_id",)
    keys = {name: key for name in names if isinstance(key := entry.facts.get(name), str)}
    if not keys:
        return entry
    said = dict(entry.sentence)
    if "subject" in keys:
        raw, shown = keys["subject"], installs.shown(keys["subject"])
        said = {locale: sentence.replace(raw, shown) for locale, sentence in said.items()}
    facts = {**entry.facts, **{name: installs.shown(key) for name, key in keys.items()}}
    return replace(entry, sentence=said, facts=facts)


def _all_of(work: Work, account_id: str, source: TimelineSource, entries_a_read: int) -> Iterator[Entry]:
    before = None
    while page := source.read(work, account_id, before, entries_a_read):
        yield from page
        before = Before(page[-1].at, page[-1].key)


def position(told: ToldEntry) -> Position:
    """The sort key of an entry, for a cursor."""
    return told.entry.at, told.source, told.entry.key


def _before(source: TimelineSource, after: Position | None) -> Before | None:
    """At one instant the sources follow each other by name, so each knows which of its entries were shown."""
    if after is None:
        return None
    at, name, key = after
    if source.name == name:
        return Before(at, key)
    return Before(at, inclusive=source.name < name)
