"""The hash chain: each link holds the hash of the one before it, so that no link can be changed alone."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

GENESIS = bytes(32)


@dataclass(frozen=True, slots=True)
class ChainLink:
    """What an entry's hash covers. `occurred_at` is RFC 3339 in UTC; digests and hashes are hex."""

    account_id: str
    sequence: int
    occurred_at: str
    action: str
    actor_id: str
    actor_kind: str
    actor_name: str
    address: str | None
    subject: str | None
    facts: str
    reason_digest: str | None
    previous_hash: str

    def hash(self) -> bytes:
        """SHA-256 over the canonical JSON of all fields."""
        return hashlib.sha256(canonical(asdict(self)).encode()).digest()


def canonical(document: Mapping[str, Any]) -> str:
    """One spelling of a JSON object: keys sorted, no spaces, UTF-8 (as RFC 8785, without fractions)."""
    return json.dumps(document, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)


def commitment(salt: bytes, reason: str, personal: str | None = None) -> bytes:
    """SHA-256 of salt and text: proves the text while it is there, tells nothing of it once it is erased.

    `personal` is canonical JSON, behind a NUL, which no text holds.
    """
    erasable = reason if personal is None else f"{reason}\0{personal}"
    return hashlib.sha256(salt + erasable.encode()).digest()
