"""The records of several vendors, and of none."""

from __future__ import annotations

from typing import Any

import pytest

from secmon.geo.place import NOWHERE, Place
from secmon.geo.records import asn_of, place_of
from tests.geo.building import SHANGHAI


def test_nested_records_as_geolite2_and_db_ip_write_them() -> None:
    assert place_of(SHANGHAI) == Place("CN", "SH", "Shanghai", 31.22, 121.46, 20.0)


def test_a_region_without_a_code_goes_by_its_name() -> None:
    named = {**SHANGHAI, "subdivisions": [{"names": {"en": "Shanghai Shi"}}]}
    assert place_of(named).region == "Shanghai Shi"


def test_flat_records_as_ipinfo_writes_them() -> None:
    flat = {"country": "CN", "region": "Shanghai", "city": "Shanghai", "lat": "31.22", "lng": "121.46"}
    assert place_of(flat) == Place("CN", "Shanghai", "Shanghai", 31.22, 121.46)
    assert place_of({"country": "China", "country_code": "CN"}) == Place("CN")
    assert asn_of({"asn": "AS4134", "name": "Chinanet"}) == 4134


@pytest.mark.parametrize(
    "record",
    [
        None,
        7,
        "CN",
        [],
        {},
        {"country": "China"},
        {"country": {"iso_code": "cn"}},
        {"country": {"iso_code": 7}},
        {"continent": {"code": "AS"}},
        {"city": {"names": {"en": "Shanghai"}}},
    ],
)
def test_a_record_without_a_country_is_nowhere(record: Any) -> None:
    assert place_of(record) == NOWHERE


@pytest.mark.parametrize(
    "location",
    [
        {"latitude": 95.0, "longitude": 1.0},
        {"latitude": 1.0},
        {"latitude": True, "longitude": 1.0},
        "there",
        None,
        {"latitude": "north", "longitude": 1.0},
        {"latitude": float("nan"), "longitude": 1.0},
    ],
)
def test_a_place_that_cannot_be_is_a_country_without_one(location: Any) -> None:
    assert place_of({**SHANGHAI, "location": location}) == Place("CN", "SH", "Shanghai")


def test_names_fit_where_they_are_stored() -> None:
    found = place_of(
        {**SHANGHAI, "city": {"names": {"en": "x" * 500}}, "subdivisions": [{"iso_code": "a\0"}]}
    )
    assert (len(found.city or ""), found.region) == (96, None)


@pytest.mark.parametrize("record", [None, {}, {"asn": "Chinanet"}, {"asn": 0}, {"asn": 2**32}, {"asn": 1.5}])
def test_a_record_without_a_number_is_nobodys_network(record: Any) -> None:
    assert asn_of(record) is None
