"""The layouts that vendors ship, files that say nothing, and what is told of each."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from secmon.geo.commands import geo
from secmon.geo.files import GeoPaths, read_cities, read_systems
from secmon.geo.mmdb import UnusableFile
from secmon.geo.place import Place
from secmon.geo.records import place_of
from secmon.wording import places
from tests.geo.building import CHINA_TELECOM, LAGOS, SHANGHAI, Operator, mmdb

CORE = {
    "asn": "AS4134",
    "as_name": "Chinanet",
    "as_type": "isp",
    "city": "Chengdu",
    "country": "China",
    "country_code": "CN",
    "region": "Sichuan",
    "region_code": "SC",
    "continent": "Asia",
    "latitude": 30.66,
    "longitude": 104.06,
    "is_anonymous": False,
    "is_hosting": False,
}
SYSTEM = {"asn": "AS64500", "country": "US", "domain": "example.com", "name": "Example", "type": "hosting"}
ABUSE = {"address": "Somewhere 1", "country": "AU", "email": "abuse@example.com", "name": "Desk"}


@pytest.mark.parametrize(
    ("record", "place"),
    [
        (CORE, Place("CN", "SC", "Chengdu", 30.66, 104.06, asn=4134)),
        (
            {**CORE, "radius": 1000, "is_vpn": True, "is_hosting": True},
            Place("CN", "SC", "Chengdu", 30.66, 104.06, 1000.0, 4134, anonymizer=True, hosting=True),
        ),
        (
            {
                "country_code": "GB",
                "state1": "England",
                "city": "London",
                "latitude": 51.5,
                "longitude": -0.1,
            },
            Place("GB", "England", "London", 51.5, -0.1),
        ),
        (
            {
                "country": "DE",
                "region": "Bavaria",
                "region_code": "BY",
                "city": "Munich",
                "lat": "48.1",
                "lng": "11.5",
            },
            Place("DE", "BY", "Munich", 48.1, 11.5),
        ),
        (
            {"country": "FR", "country_name": "France", "continent": "EU", "asn": "AS3215"},
            Place("FR", asn=3215),
        ),
        ({**CORE, "is_tor": True}, Place("CN", "SC", "Chengdu", 30.66, 104.06, asn=4134, anonymizer=True)),
        ({"country": "FR", "vpn": "true", "hosting": "false"}, Place("FR", anonymizer=True)),
        (
            {
                "country": {"iso_code": "SE"},
                "traits": {"is_anonymous_vpn": True, "autonomous_system_number": 9},
            },
            Place("SE", asn=9, anonymizer=True),
        ),
        ({**CORE, "is_relay": True}, Place("CN", "SC", "Chengdu", 30.66, 104.06, asn=4134)),
    ],
)
def test_each_layout_is_read(record: dict[str, Any], place: Place) -> None:
    assert place_of(record) == place


@pytest.mark.parametrize(
    "record", [SYSTEM, ABUSE, CHINA_TELECOM, {"hosting": True, "vpn": False}, {"domains": 7}]
)
def test_a_file_of_another_kind_is_refused_with_a_sentence(tmp_path: Path, record: dict[str, Any]) -> None:
    file = mmdb(tmp_path / "other.mmdb", {"1.0.0.0/8": record, "2001:db8::/32": record})
    with pytest.raises(UnusableFile, match=r"none of [0-9]+ records"):
        read_cities(file)
    operator = Operator(GeoPaths(file))
    assert operator.files.told() == "cannot be used as they are now: city"


def test_a_file_of_cities_is_no_file_of_systems(tmp_path: Path) -> None:
    with pytest.raises(UnusableFile):
        read_systems(mmdb(tmp_path / "city.mmdb", {"1.0.0.0/8": SHANGHAI}))


def test_an_empty_database_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UnusableFile):
        read_cities(mmdb(tmp_path / "empty.mmdb", {}))


def test_what_each_file_gives_is_told(tmp_path: Path) -> None:
    city = mmdb(tmp_path / "city.mmdb", {"1.0.0.0/16": {"country": {"iso_code": "CN"}}}, ip_version=4)
    asn = mmdb(tmp_path / "asn.mmdb", {"1.0.0.0/16": CHINA_TELECOM})
    told = Operator(GeoPaths(city, asn)).files.told()
    assert told == "ok (city: countries, IPv4 only; asn: autonomous systems)"


def test_a_city_file_that_names_systems_needs_no_other(tmp_path: Path) -> None:
    atlas = Operator(GeoPaths(mmdb(tmp_path / "core.mmdb", {"1.0.0.0/16": {**CORE, "is_vpn": True}}))).files()
    found = atlas.find("1.0.2.3")
    assert (found.asn, found.anonymizer) == (4134, True)


def test_the_command_says_what_a_file_gives_of_an_address(tmp_path: Path) -> None:
    city = mmdb(tmp_path / "city.mmdb", {"1.80.0.0/16": SHANGHAI})
    answer = CliRunner().invoke(geo, ["check", str(city), "1.80.0.1", "9.9.9.9"])
    assert answer.exit_code == 0
    assert "SECMON_GEOIP_CITY: gives countries, regions, cities, coordinates, radii" in answer.output
    assert '"country"' in answer.output.partition("1.80.0.1: ")[2]
    assert "9.9.9.9: nothing" in answer.output
    assert "SECMON_GEOIP_ASN: refused" in answer.output


@pytest.mark.parametrize("content", [b"", b"<html>", b"\xab\xcd\xefMaxMind.com"])
def test_the_command_refuses_what_is_no_database(tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "broken.mmdb"
    file.write_bytes(content)
    answer = CliRunner().invoke(geo, ["check", str(file)])
    assert answer.exit_code == 1
    assert answer.output.count("refused: ") == 2
    assert not isinstance(answer.exception, ValueError)


def test_half_of_a_database_is_refused(tmp_path: Path) -> None:
    file = mmdb(tmp_path / "city.mmdb", {f"{n}.0.0.0/8": {**LAGOS, "n": n} for n in range(1, 100)})
    file.write_bytes(file.read_bytes()[:-400])
    assert CliRunner().invoke(geo, ["check", str(file)]).exit_code == 1


def test_a_city_is_named_in_chinese_as_its_file_names_it() -> None:
    def record(english: str, chinese: str) -> dict[str, Any]:
        return {"country": {"iso_code": "CN"}, "city": {"names": {"en": english, "zh-CN": chinese}}}

    place_of(record("Testingen", "测试城"))
    assert places.city("Testingen", "zh-CN") == "测试城"
    assert places.city("Testingen", "en") == "Testingen"
    # Two cities of one name: neither is the other.
    place_of(record("Testingen", "另一城"))
    assert places.city("Testingen", "zh-CN") == "Testingen"


def test_a_country_stands_for_a_place_by_its_name() -> None:
    assert places.city("CN", "zh-CN") == "中国"
    assert places.city("CN", "en") == "China"
