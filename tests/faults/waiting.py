"""Waiting for what another process does: asked again and again, and not for ever."""

from __future__ import annotations

import time
from collections.abc import Callable

ASK_EVERY_S = 0.05
WITHIN_S = 60.0


def until(
    holds: Callable[[], bool],
    what: str,
    within_s: float = WITHIN_S,
    tell: Callable[[], str] = lambda: "",
) -> float:
    """How many seconds it took until `holds`; fails with `what`, and what `tell` knows, after `within_s`."""
    began = time.monotonic()
    while not holds():
        waited = time.monotonic() - began
        assert waited < within_s, f"not within {within_s:.0f} s: {what}\n{tell()}"
        time.sleep(ASK_EVERY_S)
    return time.monotonic() - began
