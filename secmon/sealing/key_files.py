"""The key ring as operators keep it: a variable, or the lines of a file."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Mapping
from pathlib import Path

from secmon.sealing.keyring import KeyRing, KeyRingError


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
