"""What the files say of one address."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Spot:
    """A place; degrees and kilometres; what the file does not say is None."""

    country: str | None = None
    region: str | None = None
    city: str | None = None
    latitude: float | None = None
    longitude: float | None = None
    accuracy_radius_km: float | None = None


@dataclass(frozen=True, slots=True)
class Found:
    """Everything about one address: its place, its network's owner, and the lists that it is on."""

    spot: Spot
    asn: int | None = None
    anonymizer: bool = False
    hosting: bool = False


NOWHERE = Spot()
NOTHING = Found(NOWHERE)
