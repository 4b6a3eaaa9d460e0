"""The key file: a line `name=base64` a key, the first one encrypts. Replaced as a whole, mode 600."""

from __future__ import annotations

import base64
import os
import secrets
from pathlib import Path

from secmon.core.keyring import KEY_BYTES


class KeyFileError(Exception):
    """The file does not allow this; the message is a sentence for the operator."""


def new_line(name: str) -> str:
    """A new key as a line of the file."""
    return f"{name}={base64.b64encode(secrets.token_bytes(KEY_BYTES)).decode()}"


def append(path: Path, name: str) -> None:
    """Adds a key behind the others: it encrypts nothing yet. Makes the file where there is none."""
    lines = _lines(path)
    if name in map(_name, lines):
        raise KeyFileError(f"{path} has a key named {name} already")
    _replace(path, [*lines, new_line(name)])


def promote(path: Path, name: str) -> None:
    """The key `name` encrypts from now on."""
    lines = _lines(path)
    first = [line for line in lines if _name(line) == name]
    if not first:
        raise KeyFileError(f"{path} has no key named {name}")
    _replace(path, first + [line for line in lines if line not in first])


def names(path: Path) -> list[str]:
    """The keys in the file, the one that encrypts first."""
    return [_name(line) for line in _lines(path)]


def _lines(path: Path) -> list[str]:
    return path.read_text("ascii").split() if path.exists() else []


def _name(line: str) -> str:
    return line.partition("=")[0]


def _replace(path: Path, lines: list[str]) -> None:
    """Whole or not at all, also through a power cut: a lost key file is lost data."""
    path.parent.mkdir(parents=True, exist_ok=True)
    new = path.with_name(f".{path.name}.new")
    new.unlink(missing_ok=True)
    with os.fdopen(os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.write("".join(f"{line}\n" for line in lines))
        file.flush()
        os.fsync(file.fileno())
    new.replace(path)
