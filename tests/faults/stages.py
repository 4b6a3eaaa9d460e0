"""Databases on a disk that is soon full: what holds the data, what holds the log, or both."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import psycopg

from tests.faults.databases import connected, drop_database, new_database
from tests.faults.small_disk import SmallDisk, small_disk
from tests.faults.waiting import until
from tools.postgres import Cluster, create_cluster

POSTGRES_MB = 64
SQLITE_MB = 16


def _nothing() -> None:
    """It needs room, or recovers, by itself."""


@dataclass(frozen=True, slots=True)
class Stage:
    """A database on a small disk. `grow` makes it need room; `recover` is what an operator does then."""

    database_url: str
    disk: SmallDisk
    grow: Callable[[], None] = _nothing
    recover: Callable[[], None] = _nothing


@contextmanager
def data_of_postgresql(cluster: Cluster) -> Iterator[Stage]:
    """A tablespace: where it is full, a statement fails."""
    with small_disk(POSTGRES_MB) as disk, connected(cluster.url()) as connection:
        location = disk.path / "tablespace"
        location.mkdir()
        _give_to_server(location)
        connection.execute(f"CREATE TABLESPACE small LOCATION '{location}'")
        url = new_database(cluster, "small")
        try:
            yield Stage(url, disk)
        finally:
            disk.free()
            drop_database(cluster, url)
            connection.execute("DROP TABLESPACE small")


@contextmanager
def log_of_postgresql(_cluster: Cluster) -> Iterator[Stage]:
    """The write-ahead log: where it is full, the server stops."""
    with TemporaryDirectory(prefix="secmon-postgres-") as directory, small_disk(POSTGRES_MB) as disk:
        cluster = create_cluster(Path(directory))
        log, moved = cluster.data_dir / "pg_wal", disk.path / "pg_wal"
        shutil.copytree(log, moved)
        for path in (moved, *moved.rglob("*")):
            _give_to_server(path)
        shutil.rmtree(log)
        log.symlink_to(moved)
        cluster.start()
        try:
            yield Stage(cluster.url(), disk, lambda: _end_log_file(cluster), lambda: _keep_running(cluster))
        finally:
            if cluster.is_running():
                cluster.kill()


@contextmanager
def file_of_sqlite(_cluster: Cluster) -> Iterator[Stage]:
    """The database and its log."""
    with small_disk(SQLITE_MB) as disk:
        yield Stage(f"sqlite:///{disk.path}/secmon.db", disk)


def _give_to_server(path: Path) -> None:
    if os.geteuid() == 0:
        shutil.chown(path, "nobody", "nogroup")


def _end_log_file(cluster: Cluster) -> None:
    """The next one takes 16 MB, all at once."""
    with suppress(psycopg.OperationalError), connected(cluster.url()) as connection:
        connection.execute("SELECT pg_switch_wal()")


def _keep_running(cluster: Cluster) -> None:
    """As an init system does: a server that found no room to recover in has ended."""

    def accepts() -> bool:
        if not cluster.is_running():
            cluster.start()
        try:
            connected(cluster.url()).close()
        except psycopg.OperationalError:
            return False
        return True

    until(accepts, "PostgreSQL has recovered")
