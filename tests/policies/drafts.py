"""Policy documents that differ from the shipped one in what a test is about."""

from __future__ import annotations

from typing import Any

import httpx

from secmon.risk.shipped import DEFAULT_POLICY

PATH = "/v1/risk-policy"


def draft(**changes: Any) -> dict[str, Any]:
    """The shipped document with some members changed."""
    return {**DEFAULT_POLICY.to_document(), **changes}


def stricter() -> dict[str, Any]:
    """Challenges every login."""
    return draft(challenge_at=0.0)


def milder() -> dict[str, Any]:
    """Challenges none."""
    return draft(challenge_at=1.0, deny_at=1.0)


def put(admin: httpx.Client, document: Any, **more: Any) -> httpx.Response:
    """Puts a policy in force upon the one that is."""
    tag = admin.get(PATH).headers["ETag"]
    return admin.put(PATH, json={"document": document, **more}, headers={"If-Match": tag})
