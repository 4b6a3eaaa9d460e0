"""The key ring as operators keep it: a variable, or a file with a line `name=base64` a key.

The first key encrypts. A file is replaced as a whole and keeps its owner and mode; a new one is its
owner's alone. Behind a symbolic link the file itself is replaced. Two commands at once wait for each other.
"""

from __future__ import annotations

import base64
import binascii
import fcntl
import os
import secrets
import stat
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from secmon.sealing.keyring import KEY_BYTES, KeyRing, KeyRingError


def read_keys(env: Mapping[str, str], usual_file: Path) -> KeyRing:
    """`SECMON_KEYS` (`id=base64,id=base64`, the first encrypts), or the lines of `SECMON_KEYS_FILE`.

    Raises `KeyRingError` or `ValueError` with a sentence.
    """
    path = Path(env.get("SECMON_KEYS_FILE", usual_file))
    text = env.get("SECMON_KEYS", "")
    if not text and path.is_file():
        text = ",".join(lines_of(path))
    if not text:
        raise KeyRingError(f"no key, and no key file at {path}; `secmon keys add` makes one")
    return parse_keys(text)


def lines_of(path: Path) -> list[str]:
    """The keys in a file, a line each. Raises `ValueError` with a sentence."""
    try:
        return path.read_text("ascii").split()
    except UnicodeDecodeError:
        raise ValueError(f"{path} is no key file: it holds more than ASCII text") from None


def parse_keys(text: str) -> KeyRing:
    """`id=base64,id=base64` as a ring; the first one is primary. Raises `ValueError` or `KeyRingError`."""
    pairs = [part.strip().partition("=") for part in text.split(",") if part.strip()]
    try:
        keys = {name: base64.b64decode(value, validate=True) for name, _, value in pairs}
    except binascii.Error:
        raise ValueError("a key is not base64") from None
    if len(keys) < len(pairs):
        # Whichever of them were taken, what lies under the other one could not be read.
        names = [name for name, _, _ in pairs]
        raise ValueError(f"more than one key is named {max(names, key=names.count)}")
    return KeyRing(keys, next(iter(keys), ""))


class KeyFileError(Exception):
    """The key file does not allow this; the message is a sentence for the operator."""


def new_line(name: str) -> str:
    """A new key as a line of the file."""
    return f"{name}={base64.b64encode(secrets.token_bytes(KEY_BYTES)).decode()}"


def append(path: Path, name: str) -> None:
    """Adds a key behind the others: it encrypts nothing yet. Makes the file where there is none."""
    with _held(path) as directory:
        lines = _lines(path)
        if name in map(_name, lines):
            raise KeyFileError(f"{path} has a key named {name} already")
        _replace(path, [*lines, new_line(name)], directory)


def promote(path: Path, name: str) -> None:
    """The key `name` encrypts from now on."""
    with _held(path) as directory:
        lines = _lines(path)
        first = [line for line in lines if _name(line) == name]
        if not first:
            raise KeyFileError(f"{path} has no key named {name}")
        _replace(path, first + [line for line in lines if line not in first], directory)


def names(path: Path) -> list[str]:
    """The keys in the file, the one that encrypts first."""
    return [_name(line) for line in _lines(path)]


def _lines(path: Path) -> list[str]:
    try:
        return lines_of(path) if path.exists() else []
    except ValueError as error:
        raise KeyFileError(str(error)) from error


def _name(line: str) -> str:
    return line.partition("=")[0]


@contextmanager
def _held(path: Path) -> Iterator[int]:
    """The file's directory, open and locked: the file itself is another one after each change."""
    try:
        directory = path.resolve().parent
        directory.mkdir(parents=True, exist_ok=True)
        opened = os.open(directory, os.O_RDONLY)
        try:
            fcntl.flock(opened, fcntl.LOCK_EX)
            yield opened
        finally:
            os.close(opened)
    except OSError as error:
        raise KeyFileError(f"{path} cannot be changed: {error.strerror}") from error


def _replace(path: Path, lines: list[str], directory: int) -> None:
    """Whole or not at all, also through a power cut: a lost key file is lost data."""
    path = path.resolve()
    new = path.with_name(f".{path.name}.new")
    new.unlink(missing_ok=True)
    with os.fdopen(os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        if path.exists():
            was = path.stat()
            os.fchown(file.fileno(), was.st_uid, was.st_gid)
            os.fchmod(file.fileno(), stat.S_IMODE(was.st_mode))
        file.write("".join(f"{line}\n" for line in lines))
        file.flush()
        os.fsync(file.fileno())
    new.replace(path)
    os.fsync(directory)
