"""Recovery codes: 80 random bits in groups that a person can copy, kept as keyed hashes.

Why HMAC and not argon2id: docs/adr/0002-recovery-codes-are-keyed-hashes.md.
"""

from __future__ import annotations

import base64
import hmac
import secrets
from collections.abc import Collection

CODES = 10
CODE_BYTES = 10
KEY_BYTES = 32
GROUP = 4
WARN_AT = 3

# The alphabet of RFC 4648 base32 has neither 0 nor 1: whoever types them read an O or an I.
_READ_AS = str.maketrans({"0": "O", "1": "I", "-": None, " ": None})


def new_codes() -> list[str]:
    """Ten codes of 80 bits, like `K7QX-4TRM-2WHB-ZN5D`."""
    return [_grouped(base64.b32encode(secrets.token_bytes(CODE_BYTES)).decode()) for _ in range(CODES)]


def new_key() -> bytes:
    """The key that one set of codes is hashed under; 256 bits."""
    return secrets.token_bytes(KEY_BYTES)


def digest(key: bytes, code: str) -> bytes:
    """HMAC-SHA-256 of a code as a person may have typed it: any case, with or without groups."""
    # ASCII first: in upper case a dotless i is an I, and a long s an S. A question mark is in no code.
    typed = code.encode("ascii", "replace").decode().upper()
    return hmac.digest(key, typed.translate(_READ_AS).encode(), "sha256")


def matching(presented: bytes, unused: Collection[bytes]) -> bytes | None:
    """The unused digest that was presented; ten are compared however many are left, in constant time."""
    used = [bytes(len(presented))] * (CODES - len(unused))
    found = [stored for stored in (*unused, *used) if hmac.compare_digest(stored, presented)]
    return found[0] if found else None


def _grouped(text: str) -> str:
    return "-".join(text[start : start + GROUP] for start in range(0, len(text), GROUP))
