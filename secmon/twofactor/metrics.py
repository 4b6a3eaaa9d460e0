"""Attempts by method and reason. A blocked factor's attempts show here and nowhere else.

So guessing stays visible, while nobody can fill the audit with it.
"""

from __future__ import annotations

from prometheus_client import Counter

from secmon.twofactor.verdict import Verdict

ATTEMPTS = Counter(
    "secmon_second_factor_attempts",
    "Codes and recovery codes presented, by what became of them",
    ["method", "reason"],
)


def count(verdict: Verdict) -> None:
    """Counts an attempt whose transaction is over."""
    ATTEMPTS.labels(verdict.method.value, verdict.reason.value).inc()
