"""Where a login came from: the caller's word, completed from the operator's files.

And whether its owner is known to be there.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

from msgspec.structs import replace

from secmon.credentials.changes import Change
from secmon.database.work import Work
from secmon.devices import service as devices
from secmon.geo.atlas import Atlas
from secmon.geo.place import NOWHERE, Place
from secmon.logins import profiles, stored
from secmon.risk.levels import Level
from secmon.risk.network import network_of
from secmon.risk.profile import Profile

# A device that somebody logged in from sooner than this may be a thief's.
KNOWN_FOR = timedelta(hours=72)

# A network of so many of an owner's logins is where the owner lives or works. Carriers move phones between
# many networks.
HOME_SHARE = 0.1
HOME_LOGINS = 3

PlaceOf = Callable[[str, Place | None], Place | None]


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


def is_familiar(place_of: PlaceOf, work: Work, account_id: str, change: Change) -> bool:
    """Whether a change was made on a device that was known for 72 hours, in a usual network or place.

    What the wallet does not tell speaks neither way.
    """
    profile = profiles.read(work, account_id)
    if profile.is_empty:
        return True
    if change.device_id is not None:
        since = work.now - KNOWN_FOR
        if not devices.any_known_before(work, account_id, [change.device_id], since, by_id=True):
            return False
    return change.ip is None or is_usual(profile, change.ip, place_of)


def is_usual(profile: Profile, ip: str, place_of: PlaceOf) -> bool:
    """Whether the owner was seen in that network, with its operator or in its city. One without habits is
    nowhere unusual.
    """
    if profile.is_empty:
        return True
    place = place_of(ip, None) or Place()
    wanted = {
        Level.PREFIX: network_of(ip),
        Level.ASN: None if place.asn is None else str(place.asn),
        Level.CITY: f"{place.country}/{place.region or ''}/{place.city}" if place.city else None,
    }
    return any(value in profile.counts.get(level, {}) for level, value in wanted.items() if value)


def is_home(work: Work, account_id: str, ip: str | None, before: datetime) -> bool:
    """Whether a good part of the owner's logins before then came from that very network."""
    if ip is None:
        return False
    networks = stored.networks_before(work, account_id, before)
    return networks.count(network_of(ip)) >= max(HOME_LOGINS, HOME_SHARE * len(networks))
