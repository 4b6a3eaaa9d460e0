"""What the records of a MaxMind DB say, in the two shapes that vendors give them. Pure.

GeoLite2 and DB-IP nest: `country.iso_code`, `location.latitude`. IPinfo is flat: `country`, `lat`, `asn` as
"AS64500".
Whatever a record holds that does not fit is taken as not said.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from secmon.geo.networks import LARGEST_ASN, ListError, parse_asn
from secmon.geo.place import NOWHERE, Place

# As long as the API takes them from a caller.
LONGEST_REGION, LONGEST_CITY = 64, 96
LARGEST_RADIUS_KM = 20_000.0
_COUNTRY = re.compile("[A-Z]{2}", re.ASCII)
_NOTHING: Mapping[str, Any] = {}


def place_of(record: Any) -> Place:
    """The place in a record of a city or country file."""
    if not isinstance(record, Mapping):
        return NOWHERE
    country = _country(record)
    if country is None:
        return NOWHERE
    location = _inner(record, "location")
    latitude = _number(location.get("latitude", record.get("lat")), -90.0, 90.0)
    longitude = _number(location.get("longitude", record.get("lng")), -180.0, 180.0)
    somewhere = latitude is not None and longitude is not None
    return Place(
        country,
        _region(record),
        _name(record.get("city"), LONGEST_CITY),
        latitude if somewhere else None,
        longitude if somewhere else None,
        _number(location.get("accuracy_radius"), 0.0, LARGEST_RADIUS_KM) if somewhere else None,
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
    said = _inner(record, "country").get("iso_code", record.get("country_code", record.get("country")))
    return said if isinstance(said, str) and _COUNTRY.fullmatch(said) else None


def _region(record: Mapping[str, Any]) -> str | None:
    """The ISO 3166-2 part where there is one, for names are spelled in many ways."""
    subdivisions = record.get("subdivisions")
    if isinstance(subdivisions, list) and subdivisions and isinstance(subdivisions[0], Mapping):
        return _text(subdivisions[0].get("iso_code"), LONGEST_REGION) or _name(
            subdivisions[0], LONGEST_REGION
        )
    return _text(record.get("region"), LONGEST_REGION)


def _name(said: Any, longest: int) -> str | None:
    """A name as flat files write it, or the English one of many."""
    if isinstance(said, Mapping):
        return _text(_inner(said, "names").get("en"), longest)
    return _text(said, longest)


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
