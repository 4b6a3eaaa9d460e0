"""A file that is read again when it changes; while what is there cannot be used, the last good one stays."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Generic, TypeVar

import structlog

from secmon.geo.metrics import LOADS

log = structlog.get_logger(__name__)
T = TypeVar("T")

# Modification time in nanoseconds, size, inode; None where there is no file.
Stamp = tuple[int, int, int] | None
NEVER_READ: Stamp = (0, 0, 0)


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
