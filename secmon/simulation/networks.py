"""Addresses: which prefixes a carrier uses in a city, what a home has, where a VPN comes out."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from random import Random
from typing import Any

from secmon.simulation.geography import EXITS, City, carriers_of, cities_of, providers_of
from secmon.simulation.shape import Shape

FIRST_PREFIX = 36 << 16
PREFIXES_PER_EXIT = 3


@dataclass(frozen=True, slots=True)
class Network:
    """A set of prefixes of one company in one city.

    `flagged`: the caller's geo data calls it an anonymizer. `misplaced`: prefixes it puts in another city;
    `vague`: those of which it knows the country alone.
    """

    asn: int
    city: City
    prefixes: tuple[str, ...]
    flagged: bool = False
    misplaced: Mapping[str, City] = field(default_factory=dict)
    vague: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Connection:
    """One address, with what a geo database says of it."""

    ip: str
    asn: int
    city: City
    flagged: bool = False
    vague: bool = False

    def geo(self, draw: Random) -> dict[str, Any]:
        """The `geo` of an event; databases place an address a little differently each time they are asked."""
        city = self.city
        if self.vague:
            # The middle of the country, or what passes for it.
            middle = cities_of(city.country)[-1]
            centre = {"latitude": middle.latitude, "longitude": middle.longitude, "accuracy_radius_km": 1000}
            return {"country": city.country, **centre, "asn": self.asn, "anonymizer": self.flagged}
        return {
            "country": city.country,
            "region": city.region,
            "city": city.name,
            "latitude": round(city.latitude + draw.uniform(-0.03, 0.03), 3),
            "longitude": round(city.longitude + draw.uniform(-0.03, 0.03), 3),
            "asn": self.asn,
            "anonymizer": self.flagged,
        }


class Networks:
    """All networks of a wallet's world, made when first asked for; the same for the same seed."""

    def __init__(self, shape: Shape, seed: int) -> None:
        self._shape = shape
        self._seed = seed
        self._made: dict[tuple[str, int, str], Network] = {}

    def mobile(self, asn: int, city: City) -> Network:
        """The prefixes that a carrier gives to phones in a city."""
        return self._network("mobile", asn, city, self._shape.prefixes_per_carrier_city)

    def fixed(self, asn: int, city: City) -> Network:
        """The prefixes that a provider gives to homes and offices in a city."""
        return self._network("fixed", asn, city, self._shape.prefixes_per_provider_city)

    def exit(self, draw: Random, country: str | None = None) -> Network:
        """A VPN's exit, in a given country if any provider has one there."""
        fitting = [(asn, where) for asn, where in EXITS if country is None or country in where]
        asn, where = draw.choice(fitting or list(EXITS))
        place = country if country in where else draw.choice(where)
        city = cities_of(place)[0]
        flagged = Random(f"{self._seed}/flag/{asn}/{place}").random() < self._shape.vpn_flagged_share
        return self._network("exit", asn, city, PREFIXES_PER_EXIT, flagged)

    def _network(self, use: str, asn: int, city: City, prefixes: int, flagged: bool = False) -> Network:
        key = (use, asn, city.name)
        if key not in self._made:
            draw = Random(f"{self._seed}/network/{key}")
            ipv6 = use == "mobile" and draw.random() < self._shape.ipv6_share
            made = tuple(_prefix(draw, ipv6) for _ in range(prefixes))
            elsewhere = cities_of(city.country)
            misplaced = {
                prefix: draw.choice(elsewhere)
                for prefix in made
                if use == "mobile" and draw.random() < self._shape.misplaced_share
            }
            vague = frozenset(
                prefix for prefix in made if use != "exit" and draw.random() < self._shape.country_only_share
            )
            self._made[key] = Network(asn, city, made, flagged, misplaced, vague)
        return self._made[key]

    def recorded(self, connection: Connection, at: datetime) -> Connection:
        """As the file of that month has it: an update puts some prefixes in another city for a while."""
        prefix = connection.ip.rpartition(":" if ":" in connection.ip else ".")[0]
        draw = Random(f"{self._seed}/moved/{prefix}/{at.year}-{at.month}")
        if connection.vague or connection.flagged or draw.random() >= self._shape.moved_share:
            return connection
        others = [city for city in cities_of(connection.city.country) if city != connection.city]
        return replace(connection, city=draw.choice(others)) if others else connection

    def carrier(self, draw: Random, city: City) -> Network:
        return self.mobile(draw.choice(carriers_of(city.country)), city)

    def provider(self, draw: Random, city: City) -> Network:
        return self.fixed(draw.choice(providers_of(city.country)), city)


def connect(network: Network, draw: Random) -> Connection:
    """An address of the network, drawn anew."""
    prefix = draw.choice(network.prefixes)
    city = network.misplaced.get(prefix, network.city)
    vague = prefix in network.vague
    return Connection(_host(prefix, draw.randint(1, 254)), network.asn, city, network.flagged, vague)


def neighbour(connection: Connection, draw: Random) -> Connection:
    """Another address of the same prefix."""
    separator = ":" if ":" in connection.ip else "."
    prefix = connection.ip.rpartition(separator)[0] + separator
    return replace(connection, ip=_host(prefix, draw.randint(1, 254)))


def _host(prefix: str, host: int) -> str:
    return f"{prefix}{host:x}" if ":" in prefix else f"{prefix}{host}"


def _prefix(draw: Random, ipv6: bool) -> str:
    if ipv6:
        return f"2409:8{draw.randrange(4096):03x}:{draw.randrange(1, 65536):x}::"
    number = FIRST_PREFIX + draw.randrange(60 << 16)
    return f"{number >> 16}.{number >> 8 & 255}.{number & 255}."
