"""Secrets at rest: AES-256-GCM (NIST SP 800-38D) under a ring of keys, the row's identity bound.

A ciphertext is `key id (1 byte length + ascii) || nonce (12 bytes) || ciphertext and tag`, so a ring
that holds old keys still reads old rows while new rows are written under the newest key.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

KEY_BYTES = 32
NONCE_BYTES = 12
TAG_BYTES = 16
# In the place of a key's name, for what cannot be a ciphertext. A name is made of letters and digits.
DAMAGED = "(damaged)"


class KeyRingError(Exception):
    """A key is missing or wrong, or a ciphertext was not made for this row."""


@dataclass(frozen=True, slots=True)
class KeyRing:
    """Named 256-bit keys; the one called `primary` encrypts, all of them decrypt."""

    keys: Mapping[str, bytes] = field(repr=False)
    primary: str

    def __post_init__(self) -> None:
        if self.primary not in self.keys:
            raise KeyRingError(f"the key ring has no key named {self.primary!r}")
        for name, key in self.keys.items():
            if len(key) != KEY_BYTES or not name.isascii() or not 0 < len(name) < 64:
                raise KeyRingError(f"key {name!r} is not a named key of {KEY_BYTES} bytes")

    def encrypt(self, plaintext: bytes, context: str) -> bytes:
        """`context` names the row and column (`totp:acct-1`); the ciphertext is worthless elsewhere."""
        nonce = secrets.token_bytes(NONCE_BYTES)
        name = self.primary.encode()
        sealed = AESGCM(self.keys[self.primary]).encrypt(nonce, plaintext, context.encode())
        return bytes([len(name)]) + name + nonce + sealed

    def decrypt(self, ciphertext: bytes, context: str) -> bytes:
        """Raises `KeyRingError` for an unknown key, another row's ciphertext, or tampering."""
        name = self.key_of(ciphertext)
        if name not in self.keys:
            raise KeyRingError(f"the key ring has no key named {name!r}")
        start = 1 + ciphertext[0]
        nonce, sealed = ciphertext[start : start + NONCE_BYTES], ciphertext[start + NONCE_BYTES :]
        try:
            return AESGCM(self.keys[name]).decrypt(nonce, sealed, context.encode())
        except InvalidTag:
            raise KeyRingError("the ciphertext does not belong here") from None

    def key_of(self, ciphertext: bytes) -> str:
        """The name of the key that a ciphertext was made under, or `DAMAGED`; never raises."""
        length = ciphertext[0] if ciphertext else 0
        name = ciphertext[1 : 1 + length].decode("ascii", "replace")
        whole = len(ciphertext) >= 1 + length + NONCE_BYTES + TAG_BYTES
        # Not everything in a damaged row is fit to be shown on an operator's terminal.
        return name if whole and name.isascii() and name.isprintable() and name else DAMAGED

    def derive(self, purpose: str) -> bytes:
        """A 256-bit key for one purpose (HMAC of links, cursors), from the primary key."""
        return self.derive_from(self.primary, purpose)

    def derive_from(self, name: str, purpose: str) -> bytes:
        """As `derive`, from a named key: what an older primary signed can still be checked."""
        return hmac.digest(self.keys[name], b"secmon:" + purpose.encode(), hashlib.sha256)
