"""The operator's files, held ready for look-ups and read again beside the requests when they change.

While what is there cannot be used, the last good content stays.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Generic, TypeVar

import structlog

from secmon.geo.atlas import Atlas, Sources
from secmon.geo.metrics import LOADS
from secmon.geo.mmdb import Records
from secmon.geo.networks import NetworkSet, parse_asns, parse_networks
from secmon.geo.place import Place
from secmon.geo.records import asn_of, place_of

LOOK_EVERY = timedelta(seconds=2)
# Modification time in nanoseconds, size, inode; None where there is no file.
Stamp = tuple[int, int, int] | None
NEVER_READ: Stamp = (0, 0, 0)
T = TypeVar("T")

log = structlog.get_logger(__name__)


@dataclass(slots=True)
class WatchedFile(Generic[T]):
    """`read` raises `OSError` or `ValueError` for what cannot be used. `value` is what the last good content
    was read as; `refused` says that the file as it is now is not that content.
    """

    name: str
    path: Path
    read: Callable[[Path], T]
    value: T | None = None
    refused: bool = False
    _read: Stamp = field(default=NEVER_READ, init=False)
    _seen: Stamp = field(default=NEVER_READ, init=False)

    def load(self) -> None:
        """Reads what is there now, as a process does when it starts."""
        self._seen = _stamp(self.path)
        self._take()

    def look(self) -> bool:
        """Reads the file where it changed, and answers whether `value` is another.

        Only what stood still from one look to the next is read: whoever writes it may not be done.
        """
        before, self._seen = self._seen, _stamp(self.path)
        if self._seen == self._read or self._seen != before:
            return False
        return self._take()

    def _take(self) -> bool:
        try:
            value = self.read(self.path)
        except (OSError, ValueError) as error:
            self._read, self.refused = self._seen, True
            LOADS.labels(self.name, "refused").inc()
            log.warning("geo_file_refused", file=self.name, path=str(self.path), error=str(error))
            return False
        if _stamp(self.path) != self._seen:
            return False
        self.value, self._read, self.refused = value, self._seen, False
        LOADS.labels(self.name, "loaded").inc()
        log.info("geo_file_loaded", file=self.name, path=str(self.path))
        return True


def _stamp(path: Path) -> Stamp:
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_mtime_ns, found.st_size, found.st_ino


@dataclass(frozen=True, slots=True)
class GeoPaths:
    """MaxMind DB files of cities and of networks' owners, netset files, a file of AS numbers; each may be
    missing.
    """

    city: Path | None = None
    asn: Path | None = None
    anonymizers: tuple[Path, ...] = ()
    hosting: tuple[Path, ...] = ()
    hosting_asns: Path | None = None


def read_cities(file: Path) -> Records[Place]:
    """A file of cities or countries. Raises `OSError`, `ValueError`."""
    return Records(file, place_of, given_by_place)


def read_systems(file: Path) -> Records[int | None]:
    """A file of autonomous systems. Raises `OSError`, `ValueError`."""
    return Records(file, asn_of, lambda asn: () if asn is None else ("autonomous systems",))


def given_by_place(place: Place) -> tuple[str, ...]:
    """What a record says; nothing where it names no place, whatever else it says."""
    if place.country is None:
        return ()
    said = {
        "countries": True,
        "regions": place.region is not None,
        "cities": place.city is not None,
        "coordinates": place.latitude is not None,
        "radii": place.accuracy_radius_km is not None,
        "autonomous systems": place.asn is not None,
        "anonymizers": place.anonymizer,
        "hosting": place.hosting,
    }
    return tuple(name for name, is_said in said.items() if is_said)


def in_a_thread(look: Callable[[], None]) -> None:
    threading.Thread(target=look, daemon=True, name="geo-files").start()


class GeoFiles:
    """What this process holds of the files. Reading 100 MB takes a while, and no request waits for it."""

    def __init__(
        self,
        paths: GeoPaths,
        clock: Callable[[], datetime],
        beside: Callable[[Callable[[], None]], None] = in_a_thread,
    ) -> None:
        """Reads all files once; one that cannot be used is told of, and left out until it can."""
        self._cities = _watched("city", paths.city, read_cities)
        self._systems = _watched("asn", paths.asn, read_systems)
        self._anonymizers = _lists("anonymizers", paths.anonymizers)
        self._hosting = _lists("hosting", paths.hosting)
        self._hosting_asns = _watched("hosting-asns", paths.hosting_asns, _reading(parse_asns))
        self._clock = clock
        self._beside = beside
        self._looking = threading.Lock()
        self._files: list[WatchedFile[Any]] = [*self._cities, *self._systems]
        self._files += [*self._anonymizers, *self._hosting, *self._hosting_asns]
        for file in self._files:
            file.load()
        self._atlas = self._drawn()
        self._looked_at = clock()

    def __call__(self) -> Atlas:
        """The atlas of the files as they were last read. Never waits for a file."""
        now = self._clock()
        if abs(now - self._looked_at) >= LOOK_EVERY and self._looking.acquire(blocking=False):
            self._looked_at = now
            self._beside(self._look)
        return self._atlas

    def state(self) -> str | None:
        """None where every file is in use as it is, else a few words for anybody to read."""
        if not self._files:
            return "no files"
        refused = [file.name for file in self._files if file.refused]
        return f"cannot be used as they are now: {', '.join(refused)}" if refused else None

    def told(self) -> str:
        """What anybody may read of the files: those that cannot be used, else what each of them gives."""
        databases: list[WatchedFile[Any]] = [*self._cities, *self._systems]
        gives = "; ".join(f"{file.name}: {file.value.described}" for file in databases if file.value)
        return self.state() or (f"ok ({gives})" if gives else "ok")

    def _look(self) -> None:
        try:
            changed = [file for file in self._files if file.look()]
            if changed:
                self._atlas = self._drawn()
        finally:
            self._looking.release()

    def _drawn(self) -> Atlas:
        return Atlas(
            Sources(
                cities=_only(self._cities),
                systems=_only(self._systems),
                anonymizers=_values(self._anonymizers),
                hosting=_values(self._hosting),
                hosting_asns=_only(self._hosting_asns) or frozenset(),
            )
        )


def _watched(name: str, path: Path | None, read: Callable[[Path], T]) -> list[WatchedFile[T]]:
    return [] if path is None else [WatchedFile(name, path, read)]


def _lists(name: str, paths: Sequence[Path]) -> list[WatchedFile[NetworkSet]]:
    return [WatchedFile(f"{name} {path.name}", path, _reading(parse_networks)) for path in paths]


def _reading(parse: Callable[[str], T]) -> Callable[[Path], T]:
    def read(path: Path) -> T:
        text = path.read_text("utf-8")
        # A list of nothing is a list with a comment in it; a file of nothing is one that is being written.
        if not text:
            raise ValueError("the file is empty")
        return parse(text)

    return read


def _only(files: Sequence[WatchedFile[T]]) -> T | None:
    return files[0].value if files else None


def _values(files: Sequence[WatchedFile[T]]) -> tuple[T, ...]:
    return tuple(file.value for file in files if file.value is not None)
