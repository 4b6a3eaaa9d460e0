"""The operator's files, as small as a test needs them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from mmdb_writer import MMDBWriter
from netaddr import IPSet

from secmon.geo.files import GeoFiles, GeoPaths

SHANGHAI = {
    "country": {"iso_code": "CN", "names": {"en": "China", "zh-CN": "中国"}},
    "subdivisions": [{"iso_code": "SH", "names": {"en": "Shanghai"}}],
    "city": {"names": {"en": "Shanghai", "zh-CN": "上海"}},
    "location": {"latitude": 31.22, "longitude": 121.46, "accuracy_radius": 20},
}
LAGOS = {
    "country": {"iso_code": "NG"},
    "subdivisions": [{"iso_code": "LA"}],
    "city": {"names": {"en": "Lagos"}},
    "location": {"latitude": 6.45, "longitude": 3.39, "accuracy_radius": 50},
}
CHINA_TELECOM = {"autonomous_system_number": 4134, "autonomous_system_organization": "Chinanet"}


def mmdb(file: Path, records: Mapping[str, Any], *, ip_version: int = 6) -> Path:
    """A MaxMind DB file with a record a network."""
    writer = MMDBWriter(ip_version, "Test-City", ipv4_compatible=ip_version == 6)
    for network, record in records.items():
        writer.insert_network(IPSet([network]), record)
    writer.to_db_file(str(file))
    return file


def netset(file: Path, *lines: str) -> Path:
    """A list with an entry a line."""
    file.write_text("".join(f"{line}\n" for line in lines), "utf-8")
    return file


class Operator:
    """Somebody who changes files under a running process; time passes when they let it."""

    def __init__(self, paths: GeoPaths) -> None:
        self.now = datetime(2026, 11, 22, 2, tzinfo=UTC)
        self.files = GeoFiles(paths, lambda: self.now, lambda look: look())

    def waits(self, looks: int = 2) -> GeoFiles:
        """Long enough for the process to look at its files that many times."""
        for _ in range(looks):
            self.now += timedelta(seconds=2)
            self.files()
        return self.files
