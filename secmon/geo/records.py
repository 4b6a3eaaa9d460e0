"""What the records of a MaxMind DB say, in the shapes that vendors give them.

GeoLite2, GeoIP2 and DB-IP's MMDB nest: `country.iso_code`, `location.latitude`. IPinfo is flat, and of
several ages: `country` a code, or a name beside `country_code`; `lat` or `latitude`; `radius`; and whether
the address is a VPN's or a host's. Repackaged DB-IP is flat too: `state1`, `latitude`. Whatever a record
holds that does not fit is taken as not said.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

from secmon.geo import city_names
from secmon.geo.networks import LARGEST_ASN, ListError, parse_asn
from secmon.geo.place import NOWHERE, Place

# As long as the API takes them from a caller.
LONGEST_REGION, LONGEST_CITY = 64, 96
LARGEST_RADIUS_KM = 20_000.0
_COUNTRY = re.compile("[A-Z]{2}", re.ASCII)
_NOTHING: Mapping[str, Any] = {}

# A flat file of networks' owners or of abuse desks has a country as well: of the owner, not of the address.
_OF_OWNERS = frozenset({"name", "domain", "type", "email", "descr"})
_OF_PLACES = frozenset(
    {"continent", "continent_code", "country_name", "country_code", "city", "region", "state1"}
)
# Private relays are left out: they keep their owner's region, and everybody with such a phone uses one.
_ANONYMIZING = frozenset(
    {
        *("is_vpn", "is_proxy", "is_tor", "vpn", "proxy", "tor"),
        *("is_anonymous_vpn", "is_public_proxy", "is_residential_proxy", "is_tor_exit_node"),
        *("is_anonymous_proxy",),
    }
)
_HOSTING = frozenset({"is_hosting", "hosting", "is_hosting_provider"})


def place_of(record: Any) -> Place:
    """The place in a record of a city or country file, and what it says of the network."""
    if not isinstance(record, Mapping):
        return NOWHERE
    country = _country(record)
    if country is None:
        return NOWHERE
    location = _inner(record, "location")
    latitude = _number(_first(location, record, ("latitude", "lat")), -90.0, 90.0)
    longitude = _number(_first(location, record, ("longitude", "lng", "lon")), -180.0, 180.0)
    somewhere = latitude is not None and longitude is not None
    city = _name(record.get("city"), LONGEST_CITY)
    city_names.remember(city, _named(record.get("city"), "zh-CN", LONGEST_CITY))
    traits = _inner(record, "traits")
    return Place(
        country,
        _region(record),
        city,
        latitude if somewhere else None,
        longitude if somewhere else None,
        _number(_first(location, record, ("accuracy_radius", "radius")), 0.0, LARGEST_RADIUS_KM)
        if somewhere
        else None,
        asn_of(traits) or asn_of(record),
        anonymizer=_any_of(_ANONYMIZING, record, traits),
        hosting=_any_of(_HOSTING, record, traits),
    )


def asn_of(record: Any) -> int | None:
    """The number of the autonomous system in a record of an ASN file."""
    if not isinstance(record, Mapping):
        return None
    said = record.get("autonomous_system_number", record.get("asn"))
    if isinstance(said, int):
        return said if 0 < said <= LARGEST_ASN else None
    try:
        return parse_asn(said) if isinstance(said, str) else None
    except ListError:
        return None


def _country(record: Mapping[str, Any]) -> str | None:
    nested = _inner(record, "country").get("iso_code")
    if nested is None and _OF_OWNERS & record.keys() and not _OF_PLACES & record.keys():
        return None
    said = nested or record.get("country_code", record.get("country"))
    return said if isinstance(said, str) and _COUNTRY.fullmatch(said) else None


def _region(record: Mapping[str, Any]) -> str | None:
    """The ISO 3166-2 part where there is one, for names are spelled in many ways."""
    subdivisions = record.get("subdivisions")
    if isinstance(subdivisions, list) and subdivisions and isinstance(subdivisions[0], Mapping):
        return _text(subdivisions[0].get("iso_code"), LONGEST_REGION) or _name(
            subdivisions[0], LONGEST_REGION
        )
    said = (record.get(name) for name in ("region_code", "region", "state1"))
    return next(filter(None, (_text(one, LONGEST_REGION) for one in said)), None)


def _name(said: Any, longest: int) -> str | None:
    """A name as flat files write it, or the English one of many."""
    return _named(said, "en", longest) if isinstance(said, Mapping) else _text(said, longest)


def _named(said: Any, language: str, longest: int) -> str | None:
    return _text(_inner(said, "names").get(language), longest) if isinstance(said, Mapping) else None


def _any_of(flags: Iterable[str], *records: Mapping[str, Any]) -> bool:
    """Whether one of the flags is up; older flat files write it as a word."""
    return any(record.get(flag) in (True, "true") for record in records for flag in flags)


def _first(location: Mapping[str, Any], record: Mapping[str, Any], names: Iterable[str]) -> Any:
    """What the first of `names` has, in the inner record or, in flat files, beside it."""
    found = (part.get(name) for part in (location, record) for name in names)
    return next((value for value in found if value is not None), None)


def _inner(record: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    inner = record.get(name)
    return inner if isinstance(inner, Mapping) else _NOTHING


def _text(said: Any, longest: int) -> str | None:
    return said[:longest] if isinstance(said, str) and said and "\0" not in said else None


def _number(said: Any, least: float, most: float) -> float | None:
    if isinstance(said, bool) or not isinstance(said, int | float | str):
        return None
    try:
        number = float(said)
    except ValueError:
        return None
    return number if least <= number <= most else None
