"""Authenticators as the service stores them."""

from __future__ import annotations

import uuid
from typing import Any

from tests.service import START


def stored_totp(account_id: str, seed: bytes, **other: Any) -> dict[str, Any]:
    """The columns of an authenticator with that sealed seed, usual but for what is in `other`."""
    usual = {"algorithm": "SHA1", "digits": 6, "period": 30, "last_step": 0}
    row = {"account_id": account_id, "enrolment_id": uuid.uuid4(), "seed": seed, "enrolled_at": START}
    return row | usual | other
