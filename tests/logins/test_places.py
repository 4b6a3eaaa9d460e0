"""The caller's word on a place stands; the files complete it, and never make half of two places one."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from secmon.geo.place import NOWHERE, Place
from secmon.logins.places import completed

SHANGHAI = Place("CN", "SH", "Shanghai", 31.22, 121.46, 20.0)
FOUND = replace(SHANGHAI, asn=4134)
WHOLE = Place("CN", "SH", "Shanghai", 31.22, 121.46, 20.0, 4134)


@pytest.mark.parametrize(
    "said",
    [
        Place(),
        Place(country="CN"),
        Place(region="SH"),
        Place(country="CN", city="shanghai"),
        # Regions have many spellings; the city says that the same one is meant.
        Place(country="CN", region="SH", city="Shanghai"),
    ],
)
def test_what_agrees_is_completed(said: Place) -> None:
    assert completed(said, FOUND).latitude == 31.22
    assert completed(said, FOUND).accuracy_radius_km == 20.0
    assert completed(said, FOUND).country == "CN"
    assert completed(said, FOUND).asn == 4134


@pytest.mark.parametrize(
    "said",
    [
        Place(country="NG"),
        Place(country="CN", city="Beijing"),
        Place(city="Beijing"),
        Place(region="BJ"),
        Place(latitude=39.9, longitude=116.4),
        Place(country="CN", latitude=39.9, longitude=116.4, accuracy_radius_km=1.0),
    ],
)
def test_a_place_that_contradicts_the_caller_is_not_taken(said: Place) -> None:
    place = completed(said, FOUND)
    assert place == Place(
        said.country, said.region, said.city, said.latitude, said.longitude, said.accuracy_radius_km, asn=4134
    )


def test_a_caller_who_says_it_differently_keeps_the_word() -> None:
    said = Place("CN", "Shanghai Shi", "Shanghai", asn=9808)
    assert completed(said, FOUND) == Place("CN", "Shanghai Shi", "Shanghai", 31.22, 121.46, 20.0, 9808)


def test_nobody_knows_anything() -> None:
    assert completed(Place(), NOWHERE) == Place()
    assert completed(WHOLE, NOWHERE) == WHOLE


@pytest.mark.parametrize(
    ("says", "lists", "is_one"), [(True, False, True), (False, True, True), (False, False, False)]
)
def test_an_anonymizer_is_one_if_either_says_so(says: bool, lists: bool, is_one: bool) -> None:
    place = completed(
        Place(anonymizer=says, hosting=says), replace(SHANGHAI, asn=4134, anonymizer=lists, hosting=lists)
    )
    assert (place.anonymizer, place.hosting) == (is_one, is_one)
