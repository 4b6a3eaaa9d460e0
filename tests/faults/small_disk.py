"""A filesystem of some megabytes, that a test may fill to the last byte."""

from __future__ import annotations

import errno
import os
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

# From large to small, so that nothing at all is left.
PIECES = (1 << 20, 1 << 12, 1)


@dataclass(frozen=True, slots=True)
class SmallDisk:
    """Mounted at `path`, where anybody may write."""

    path: Path

    def fill(self) -> None:
        """Leaves no room, not even for whoever has just made some."""
        with self._ballast.open("ab", buffering=0) as ballast:
            for piece in PIECES:
                while _fits(ballast.fileno(), piece):
                    pass

    def free(self) -> None:
        """There is room again."""
        self._ballast.unlink(missing_ok=True)

    @property
    def _ballast(self) -> Path:
        return self.path / "ballast"


def _fits(file: int, size: int) -> bool:
    try:
        return os.write(file, b"\1" * size) == size
    except OSError as error:
        if error.errno != errno.ENOSPC:
            raise
        return False


@contextmanager
def small_disk(megabytes: int) -> Iterator[SmallDisk]:
    """A filesystem in memory, until the block ends."""
    with tempfile.TemporaryDirectory(prefix="secmon-small-disk-") as directory:
        options = f"size={megabytes}m,mode=1777"
        with _mounted(["mount", "-t", "tmpfs", "-o", options, "tmpfs", directory], directory) as path:
            yield SmallDisk(path)


@contextmanager
def _mounted(mount: list[str], directory: str) -> Iterator[Path]:
    if os.geteuid() == 0:
        subprocess.run(mount, check=True)
        try:
            yield Path(directory)
        finally:
            # Lazily: whoever was killed may still hold a file there.
            unmount = ["umount", "--lazy", directory]
            subprocess.run(unmount, check=True)
        return
    # Who is not root may mount in a namespace of their own, and is shown it by whoever lives there.
    live_there = 'set -e; "$@"; echo mounted; exec sleep infinity'
    command = ["unshare", "--user", "--map-root-user", "--mount", "sh", "-c", live_there, "sh", *mount]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as inhabitant:
        try:
            assert inhabitant.stdout is not None
            assert inhabitant.stdout.readline() == "mounted\n", "neither root nor oneself may mount a tmpfs"
            yield Path(f"/proc/{inhabitant.pid}/root{directory}")
        finally:
            inhabitant.kill()
