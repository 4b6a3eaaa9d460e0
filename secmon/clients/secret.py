"""Client secrets: 256 random bits, so a plain SHA-256 keeps them.

A slow hash (argon2) protects passwords that can be guessed. Nobody guesses 256 bits, and a slow hash
on an open route would only give an attacker a way to burn this service's processors.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets

SECRET_BYTES = 32
# Lets secret scanners recognise one that was committed or pasted somewhere.
PREFIX = "secmon_"


def new_secret() -> str:
    """A fresh secret, URL-safe; shown once and never stored."""
    return PREFIX + secrets.token_urlsafe(SECRET_BYTES)


def digest(secret: str) -> bytes:
    """What is stored of a secret: its SHA-256, 32 bytes."""
    return hashlib.sha256(secret.encode("utf-8", "surrogatepass")).digest()


def matches(secret: str, stored: bytes) -> bool:
    """Whether `stored` was made of `secret`; takes the same time either way."""
    return hmac.compare_digest(digest(secret), stored)
