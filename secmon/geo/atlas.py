"""Everything that the files say of an address, as they were read at one time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache, partial
from ipaddress import ip_address

from msgspec.structs import replace

from secmon.geo.mmdb import Records
from secmon.geo.networks import NetworkSet, parse_network
from secmon.geo.place import NOWHERE, Place

# Addresses whose answer is kept: owners come back from theirs.
ADDRESSES_KEPT = 16_384

# Special-purpose addresses (RFC 6890), which no place and nobody's network belongs to. The ranges that are
# kept for documentation are not among them: no real file holds them, and examples may.
SPECIAL = NetworkSet.of(
    parse_network(network)
    for network in (
        "0.0.0.0/8",
        "10.0.0.0/8",
        "100.64.0.0/10",
        "127.0.0.0/8",
        "169.254.0.0/16",
        "172.16.0.0/12",
        "192.168.0.0/16",
        "224.0.0.0/3",
        "::/127",
        "fc00::/7",
        "fe80::/10",
        "ff00::/8",
    )
)


@dataclass(frozen=True, slots=True)
class Sources:
    """What each file holds; nothing where there is no file."""

    cities: Records[Place] | None = None
    systems: Records[int | None] | None = None
    anonymizers: Sequence[NetworkSet] = ()
    hosting: Sequence[NetworkSet] = ()
    hosting_asns: frozenset[int] = frozenset()


class Atlas:
    """Look-ups in one state of the files. Another state is another atlas: no answer outlives its file."""

    def __init__(self, sources: Sources) -> None:
        self._find = lru_cache(ADDRESSES_KEPT)(partial(_find, sources))
        self._hosting_asns = sources.hosting_asns

    def find(self, ip: str) -> Place:
        """What is known of an address, given in its canonical spelling."""
        return self._find(ip)

    def hosts(self, asn: int | None) -> bool:
        """Whether the operator lists this autonomous system as a hosting network."""
        return asn in self._hosting_asns


def _find(sources: Sources, ip: str) -> Place:
    address = ip_address(ip)
    if address in SPECIAL:
        return NOWHERE
    place = sources.cities.get(address) if sources.cities else NOWHERE
    asn = (sources.systems.get(address) if sources.systems else None) or place.asn
    listed = any(address in networks for networks in sources.hosting)
    return replace(
        place,
        asn=asn,
        anonymizer=place.anonymizer or any(address in networks for networks in sources.anonymizers),
        hosting=place.hosting or asn in sources.hosting_asns or listed,
    )
