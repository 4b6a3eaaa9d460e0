"""An operator's files for the bench, so that every signal has what it needs: places, owners, lists."""

from __future__ import annotations

from pathlib import Path

from mmdb_writer import MMDBWriter
from netaddr import IPSet

CITIES = (
    ("北京", "Beijing", "BJ", 39.9, 116.4),
    ("上海", "Shanghai", "SH", 31.2, 121.5),
    ("成都", "Chengdu", "SC", 30.6, 104.1),
)
LISTED_NETWORKS = 2_000


def geo_files(directory: Path) -> dict[str, str]:
    """Writes them there; answers the variables that name them."""
    cities, owners = MMDBWriter(4, "Bench-City"), MMDBWriter(4, "Bench-ASN")
    for second in range(256):
        network = IPSet([f"60.{second}.0.0/16"])
        cities.insert_network(network, _place(second))
        owners.insert_network(network, {"autonomous_system_number": 4134 + second % 5})
    city, asn, lists = directory / "city.mmdb", directory / "asn.mmdb", directory / "anonymizers.netset"
    cities.to_db_file(str(city))
    owners.to_db_file(str(asn))
    lists.write_text("".join(f"185.{n // 250}.{n % 250}.0/24\n" for n in range(LISTED_NETWORKS)))
    asns = directory / "hosting.txt"
    asns.write_text("".join(f"AS{64_500 + number}\n" for number in range(100)))
    return {
        "SECMON_GEOIP_CITY": str(city),
        "SECMON_GEOIP_ASN": str(asn),
        "SECMON_ANONYMIZER_LISTS": str(lists),
        "SECMON_HOSTING_LISTS": str(lists),
        "SECMON_HOSTING_ASNS": str(asns),
    }


def _place(second: int) -> dict[str, object]:
    chinese, english, region, latitude, longitude = CITIES[second % len(CITIES)]
    return {
        "country": {"iso_code": "CN"},
        "subdivisions": [{"iso_code": region}],
        "city": {"names": {"en": english, "zh-CN": chinese}},
        "location": {"latitude": latitude, "longitude": longitude, "accuracy_radius": 20},
    }
