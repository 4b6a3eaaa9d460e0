"""Where a login came from: the caller's word, completed from the operator's files."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from secmon.geo.atlas import Atlas
from secmon.geo.place import NOWHERE, Place


class Places:
    """`judges.place_of`: what is known of an address, the caller's word first."""

    def __init__(self, atlas: Callable[[], Atlas]) -> None:
        self._atlas = atlas

    def __call__(self, ip: str, said: Place | None) -> Place | None:
        """The place to judge and store; None where nobody knows anything."""
        atlas = self._atlas()
        found = atlas.find(ip)
        if found is NOWHERE and said is None:
            return None
        place = completed(said or NOWHERE, found)
        if not place.hosting and atlas.hosts(place.asn):
            place = replace(place, hosting=True)
        return None if place == NOWHERE else place


def completed(said: Place, found: Place) -> Place:
    """The caller's fields stand. The files add what is missing, unless they speak of another place.

    An anonymizer or a hosting network is one if either says so.
    """
    agreed = _agreed(said, found)
    return Place(
        country=said.country or agreed.country,
        region=said.region or agreed.region,
        city=said.city or agreed.city,
        latitude=agreed.latitude if said.latitude is None else said.latitude,
        longitude=agreed.longitude if said.longitude is None else said.longitude,
        accuracy_radius_km=agreed.accuracy_radius_km if said.latitude is None else said.accuracy_radius_km,
        asn=said.asn or found.asn,
        anonymizer=said.anonymizer or found.anonymizer,
        hosting=said.hosting or found.hosting,
    )


def _agreed(said: Place, found: Place) -> Place:
    """The found place, or nothing of it where it contradicts what was said: half of each is nowhere."""
    if said.latitude is not None or said.country not in (None, found.country):
        return NOWHERE
    # Regions are spelled in many ways: where cities agree, they need not.
    finest, same_level = (said.city, found.city) if said.city else (said.region, found.region)
    return found if finest is None or _alike(finest, same_level) else NOWHERE


def _alike(one: str, other: str | None) -> bool:
    return other is not None and one.casefold() == other.casefold()
