"""Shares of a sample, and how far they can be trusted."""

from __future__ import annotations

from dataclasses import dataclass
from math import sqrt

# Two-sided, 95 %.
_Z = 1.959964


@dataclass(frozen=True, slots=True)
class Proportion:
    """`hits` of `of`; all of it None where there is nothing to count."""

    hits: float
    of: float

    @property
    def share(self) -> float | None:
        return round(self.hits / self.of, 5) if self.of else None

    @property
    def interval(self) -> tuple[float, float] | None:
        """Wilson's interval of 95 % (Wilson, JASA 1927): right near 0 and 1 too, where catches lie."""
        if not self.of:
            return None
        share, square = self.hits / self.of, _Z * _Z
        middle = (share + square / (2 * self.of)) / (1 + square / self.of)
        half = _Z * sqrt(share * (1 - share) / self.of + square / (4 * self.of**2)) / (1 + square / self.of)
        return round(max(0.0, middle - half), 5), round(min(1.0, middle + half), 5)

    def shown(self) -> dict[str, float | None]:
        """As answers have it."""
        low, high = self.interval or (None, None)
        return {"hits": self.hits, "of": self.of, "share": self.share, "low": low, "high": high}
