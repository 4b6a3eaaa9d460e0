"""Is this the event that was reported before? A digest of everything that its judgement rests on. Pure."""

from __future__ import annotations

import base64
import hashlib
from typing import Any

import msgspec

from secmon.logins.event import LoginEvent, Place

# 192 bits: who writes an agent string of a login must not find two logins of one digest.
DIGEST_BYTES = 24
JUDGED = (
    *("occurred_at", "outcome", "ip", "user_agent", "failure_reason"),
    *("device_id", "session_id", "channel"),
)
_encoder = msgspec.msgpack.Encoder()


def digest(event: LoginEvent, said: Place | None) -> str:
    """32 characters. `said` is the place in the wallet's own words: what the operator's files add to it may
    be another by the time that the event comes again.

    Only what is said counts, by name: a field that a later release knows changes no digest of before.
    Instants are encoded in UTC, and methods as the set that they are.
    """
    judged: list[Any] = [
        *((name, value) for name in JUDGED if (value := getattr(event, name)) is not None),
        ("amr", sorted(set(event.amr))),
    ]
    if event.proof is not None:
        # By whose key, and not which signature: an app that tries again signs a new nonce.
        judged.append(("proof", event.proof.thumbprint))
    if said is not None:
        told = ((name, getattr(said, name)) for name in Place.__slots__)
        judged += [(name, value) for name, value in told if value is not None and value is not False]
    hashed = hashlib.blake2b(_encoder.encode(judged), digest_size=DIGEST_BYTES).digest()
    return base64.urlsafe_b64encode(hashed).decode()


def alike(event: LoginEvent, stored: LoginEvent) -> bool:
    """The same, as far as a row without a digest tells: its place is not what the wallet said of it."""
    same = all(getattr(event, name) == getattr(stored, name) for name in JUDGED)
    return same and set(event.amr) == set(stored.amr)
