"""The operator's files while a process runs: looked up, changed, broken, mended."""

from __future__ import annotations

from pathlib import Path

import pytest
from msgspec.structs import replace
from prometheus_client import REGISTRY
from structlog.testing import capture_logs

from secmon.geo.files import GeoPaths, WatchedFile
from secmon.geo.place import NOWHERE, Place
from tests.geo.building import CHINA_TELECOM, LAGOS, SHANGHAI, Operator, mmdb, netset

IN_SHANGHAI = Place("CN", "SH", "Shanghai", 31.22, 121.46, 20.0)
IN_LAGOS = Place("NG", "LA", "Lagos", 6.45, 3.39, 50.0)


@pytest.fixture
def city(tmp_path: Path) -> Path:
    return mmdb(tmp_path / "city.mmdb", {"1.80.0.0/16": SHANGHAI, "2001:db8::/32": LAGOS})


def refusals(name: str) -> float:
    labels = {"file": name, "outcome": "refused"}
    return REGISTRY.get_sample_value("secmon_geo_file_loads_total", labels) or 0.0


@pytest.mark.parametrize("ip_version", [4, 6])
def test_an_address_has_the_place_and_the_network_of_its_record(tmp_path: Path, ip_version: int) -> None:
    city = mmdb(tmp_path / "city.mmdb", {"1.80.0.0/16": SHANGHAI}, ip_version=ip_version)
    asn = mmdb(tmp_path / "asn.mmdb", {"1.80.0.0/13": CHINA_TELECOM}, ip_version=ip_version)
    atlas = Operator(GeoPaths(city, asn)).files()
    assert atlas.find("1.80.3.4") == replace(IN_SHANGHAI, asn=4134)
    assert atlas.find("1.81.3.4") == Place(asn=4134)
    assert atlas.find("9.9.9.9") == NOWHERE
    assert atlas.find("2400::1") == NOWHERE


def test_networks_smaller_than_those_that_answers_are_kept_for_are_told_apart(tmp_path: Path) -> None:
    halves = {
        "1.80.0.0/25": SHANGHAI,
        "1.80.0.128/26": LAGOS,
        "2001:db8::/64": LAGOS,
        "2001:db8:0:1::/64": SHANGHAI,
    }
    atlas = Operator(GeoPaths(mmdb(tmp_path / "city.mmdb", halves))).files()
    asked = ["1.80.0.1", "1.80.0.129", "1.80.0.250", "2001:db8::1", "2001:db8:0:1::1"]
    assert [atlas.find(ip).city for ip in asked] == ["Shanghai", "Lagos", None, "Lagos", "Shanghai"]


@pytest.mark.parametrize(
    "ip",
    [
        *("10.1.2.3", "192.168.1.1", "172.31.0.1", "127.0.0.1", "169.254.1.1", "100.64.0.9", "224.0.0.1"),
        *("255.255.255.255", "0.0.0.1", "::", "::1", "fd00::1", "fe80::1", "ff02::1"),
    ],
)
def test_private_and_multicast_addresses_are_nowhere_whatever_the_files_say(tmp_path: Path, ip: str) -> None:
    everywhere = {"0.0.0.0/1": SHANGHAI, "128.0.0.0/1": SHANGHAI, "8000::/1": SHANGHAI}
    city = mmdb(tmp_path / "city.mmdb", everywhere)
    bogons = netset(tmp_path / "bogons.netset", "0.0.0.0/0", "::/0")
    assert Operator(GeoPaths(city, anonymizers=(bogons,))).files().find(ip) == NOWHERE


def test_lists_mark_what_is_on_any_of_them(tmp_path: Path) -> None:
    tor = netset(tmp_path / "tor.netset", "198.51.100.7")
    vpn = netset(tmp_path / "vpn.netset", "203.0.113.0/24")
    clouds = netset(tmp_path / "asns", "AS4134")
    asn = mmdb(tmp_path / "asn.mmdb", {"1.80.0.0/13": CHINA_TELECOM})
    atlas = Operator(GeoPaths(asn=asn, anonymizers=(tor, vpn), hosting=(vpn,), hosting_asns=clouds)).files()
    found = [atlas.find(ip) for ip in ("198.51.100.7", "203.0.113.9", "1.80.0.1", "9.9.9.9")]
    assert [one.anonymizer for one in found] == [True, True, False, False]
    assert [one.hosting for one in found] == [False, True, True, False]
    assert atlas.hosts(4134)
    assert not atlas.hosts(None)


def test_a_file_that_changed_is_read_again_and_no_old_answer_stays(tmp_path: Path, city: Path) -> None:
    tor = netset(tmp_path / "tor.netset", "9.9.9.9")
    operator = Operator(GeoPaths(city, anonymizers=(tor,)))
    assert operator.files().find("1.80.3.4") == IN_SHANGHAI
    mmdb(tmp_path / "new", {"1.80.0.0/16": LAGOS}).replace(city)
    netset(tor, "1.80.3.4")
    operator.waits()
    assert operator.files().find("1.80.3.4") == replace(IN_LAGOS, anonymizer=True)
    assert not operator.files().find("9.9.9.9").anonymizer


def test_what_is_still_being_written_is_left_alone_until_it_stands_still(tmp_path: Path) -> None:
    """Half of a list is a list, and would pass for one."""
    tor = netset(tmp_path / "tor.netset", "9.9.9.9")
    operator = Operator(GeoPaths(anonymizers=(tor,)))
    operator.waits()
    for lines in (["9.9.9.1"], ["9.9.9.1", "9.9.9.2"]):
        netset(tor, *lines)
        operator.waits(looks=1)
        assert operator.files().find("9.9.9.9").anonymizer
    operator.waits(looks=1)
    assert [operator.files().find(f"9.9.9.{last}").anonymizer for last in (1, 2, 9)] == [True, True, False]


@pytest.mark.parametrize("damage", ["cut", "empty", "nonsense", "gone", "tree"])
def test_of_a_damaged_database_the_last_good_one_stays(city: Path, damage: str) -> None:
    operator = Operator(GeoPaths(city))
    good, before = city.read_bytes(), refusals("city")
    match damage:
        case "cut":
            city.write_bytes(good[: len(good) // 2])
        case "empty":
            city.write_bytes(b"")
        case "nonsense":
            city.write_bytes(b"<html>502 Bad Gateway</html>" * 1000)
        case "gone":
            city.unlink()
        case "tree":
            city.write_bytes(good[len(good) // 3 :])
    with capture_logs() as logs:
        operator.waits(looks=5)
    assert operator.files().find("1.80.3.4") == IN_SHANGHAI
    assert operator.files.state() == "cannot be used as they are now: city"
    assert refusals("city") == before + 1
    assert [entry["event"] for entry in logs] == ["geo_file_refused"]
    city.write_bytes(good)
    operator.waits()
    assert operator.files.state() is None


def test_of_a_list_with_a_bad_line_the_last_good_one_stays(tmp_path: Path) -> None:
    tor = netset(tmp_path / "tor.netset", "9.9.9.9")
    operator = Operator(GeoPaths(anonymizers=(tor,)))
    netset(tor, "8.8.8.8", "<html>")
    with capture_logs() as logs:
        operator.waits()
    assert operator.files().find("9.9.9.9").anonymizer
    assert not operator.files().find("8.8.8.8").anonymizer
    assert "line 2" in logs[0]["error"]


def test_a_process_starts_without_its_files_and_reads_them_when_they_come(tmp_path: Path) -> None:
    city = tmp_path / "city.mmdb"
    operator = Operator(GeoPaths(city))
    assert operator.files().find("1.80.3.4") == NOWHERE
    assert operator.files.state() == "cannot be used as they are now: city"
    mmdb(city, {"1.80.0.0/16": SHANGHAI})
    operator.waits()
    assert operator.files().find("1.80.3.4") == IN_SHANGHAI


def test_damage_that_shows_only_at_a_look_up_finds_nothing_and_hurts_nobody(tmp_path: Path) -> None:
    city = mmdb(tmp_path / "city.mmdb", {"1.80.0.0/16": SHANGHAI, "9.9.9.0/24": LAGOS})
    data = bytearray(city.read_bytes())
    data[data.index(b"Lagos")] = 0xFF
    city.write_bytes(data)
    atlas = Operator(GeoPaths(city)).files()
    assert atlas.find("9.9.9.9") == NOWHERE
    assert atlas.find("1.80.3.4") == IN_SHANGHAI


def test_without_files_nothing_is_found_and_that_is_said() -> None:
    operator = Operator(GeoPaths())
    assert operator.files().find("1.80.3.4") == NOWHERE
    assert operator.files.state() == "no files"


def test_no_look_is_taken_before_it_is_time(city: Path) -> None:
    operator = Operator(GeoPaths(city))
    city.unlink()
    for _ in range(10):
        operator.files()
    assert operator.files.state() is None


def test_what_changes_while_it_is_read_is_read_again(tmp_path: Path) -> None:
    file = netset(tmp_path / "list", "one")

    def reads_while_somebody_writes(path: Path) -> str:
        text = path.read_text()
        if text == "one\n":
            netset(path, "another")
        return text

    watched = WatchedFile("list", file, reads_while_somebody_writes)
    watched.load()
    assert (watched.value, watched.refused) == (None, False)
    assert [watched.look(), watched.look(), watched.value] == [False, True, "another\n"]
