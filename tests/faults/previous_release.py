"""The code as it was before the newest step of the schema, out of the repository's own history."""

from __future__ import annotations

import io
import os
import subprocess
import tarfile
from pathlib import Path

ROOT = Path(__file__).parents[2]


class NoHistory(Exception):
    """An archive of the repository, or a shallow clone, does not hold what was before."""


def newest_step(code: Path) -> Path:
    """The newest migration of that code, as a path below it."""
    steps = sorted((code / "migrations" / "versions").glob("[0-9]*.py"))
    return steps[-1].relative_to(code)


def extract_previous(directory: Path, repository: Path = ROOT) -> Path:
    """`directory` with the tree before the commit that added the newest step. Raises `NoHistory`."""
    step = newest_step(repository)
    added = _git(repository, "log", "--diff-filter=A", "--format=%H", "-1", "--", str(step)).decode().strip()
    # A step that nobody has committed yet comes after all that there is.
    archive = _git(repository, "archive", "--format=tar", f"{added}^" if added else "HEAD")
    with tarfile.open(fileobj=io.BytesIO(archive)) as files:
        files.extractall(directory, filter="data")
    return directory


def _git(repository: Path, *arguments: str) -> bytes:
    # Within a hook, these would name another repository.
    environment = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
    command = ["git", "-C", str(repository), *arguments]
    try:
        done = subprocess.run(command, env=environment, capture_output=True, check=False)
    except FileNotFoundError as error:
        raise NoHistory("git is not installed") from error
    if done.returncode != 0:
        raise NoHistory(done.stderr.decode().strip())
    return done.stdout
