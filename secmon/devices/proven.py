"""What is kept of a device's proof that it holds its private key. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

# Proofs come in late and out of order, so the latest nonces are kept; what is older than they are is spent.
NONCES_KEPT = 32


@dataclass(frozen=True, slots=True)
class DeviceProof:
    """`thumbprint` names the key (RFC 7638); nonces are numbered in the order of being given out."""

    thumbprint: str
    nonce: int


def is_spent(nonce: int, used: Sequence[int]) -> bool:
    """Whether a nonce may not be used again, `used` being those that were, in order."""
    return nonce in used or (len(used) >= NONCES_KEPT and nonce < used[0])


def with_used(nonce: int, used: Sequence[int]) -> tuple[int, ...]:
    """The nonces to keep once another one was used."""
    return tuple(sorted({*used, nonce})[-NONCES_KEPT:])
