"""Identifiers made here: UUIDv7 (RFC 9562 §5.7), so that keys are inserted in time order."""

from __future__ import annotations

import secrets
import uuid
from datetime import UTC, datetime

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def new_id(now: datetime) -> uuid.UUID:
    """A UUIDv7 of the instant `now`: 48 bits of milliseconds, 74 random bits."""
    milliseconds = int((now - _EPOCH).total_seconds() * 1000) & (2**48 - 1)
    value = milliseconds << 80 | secrets.randbits(80)
    value = value & ~(0xF << 76) | 0x7 << 76
    value = value & ~(0x3 << 62) | 0x2 << 62
    return uuid.UUID(int=value)
