"""Where people are: cities, carriers, homes, and the operator's files that know of them."""

from __future__ import annotations

from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from random import Random
from typing import Any

PREFIXES_OF_A_CARRIER = 24


@dataclass(frozen=True, slots=True)
class City:
    """`number` is the second part of its addresses."""

    number: int
    country: str
    region: str
    name: str
    latitude: float
    longitude: float


CITIES = (
    City(0, "CN", "BJ", "Beijing", 39.9, 116.4),
    City(1, "CN", "SH", "Shanghai", 31.2, 121.5),
    City(2, "CN", "SC", "Chengdu", 30.6, 104.1),
    City(3, "CN", "GD", "Shenzhen", 22.5, 114.1),
    City(4, "CN", "HB", "Wuhan", 30.6, 114.3),
)
ABROAD = (City(5, "TH", "10", "Bangkok", 13.8, 100.5), City(6, "KH", "12", "Phnom Penh", 11.6, 104.9))
# The first part of an address says whose it is. Mobile carriers, and who connects homes.
CARRIERS = {60: 4134, 61: 4837, 62: 9808}
PROVIDERS = {110: 4812, 111: 17621}


def mobile(draw: Random, city: City, carrier: int) -> str:
    """An address of a carrier in a city; carriers move phones between their prefixes."""
    return f"{carrier}.{city.number}.{draw.randrange(PREFIXES_OF_A_CARRIER)}.{draw.randint(2, 250)}"


def home(draw: Random, city: City) -> str:
    """The address of somebody's Wi-Fi."""
    return f"{draw.choice(list(PROVIDERS))}.{city.number}.{draw.randrange(256)}.{draw.randint(2, 250)}"


def other_city(draw: Random, city: City) -> City:
    """Another one of the same country."""
    return draw.choice([one for one in CITIES if one != city])


def geo_paths(directory: Path) -> dict[str, Any]:
    """Writes the files of places and networks there, as an operator has them; settings that name them.

    Raises ModuleNotFoundError where the development requirements are not installed.
    """
    writer, network_set = import_module("mmdb_writer").MMDBWriter, import_module("netaddr").IPSet
    cities, owners = writer(4, "Lab-City"), writer(4, "Lab-ASN")
    for first, number in (CARRIERS | PROVIDERS).items():
        for city in (*CITIES, *ABROAD):
            network = network_set([f"{first}.{city.number}.0.0/16"])
            cities.insert_network(network, _record(city))
            # Abroad, companies of the same kind are others.
            owner = number + (0 if city in CITIES else 100_000 + city.number)
            owners.insert_network(network, {"autonomous_system_number": owner})
    city_file, asn_file = directory / "city.mmdb", directory / "asn.mmdb"
    cities.to_db_file(str(city_file))
    owners.to_db_file(str(asn_file))
    return {"geoip_city": city_file, "geoip_asn": asn_file}


def _record(city: City) -> dict[str, Any]:
    return {
        "country": {"iso_code": city.country},
        "subdivisions": [{"iso_code": city.region}],
        "city": {"names": {"en": city.name}},
        "location": {"latitude": city.latitude, "longitude": city.longitude, "accuracy_radius": 20},
    }
