"""What operators watch of the files."""

from __future__ import annotations

from prometheus_client import Counter

LOADS = Counter(
    "secmon_geo_file_loads", "Files read, by what came of it: loaded or refused", ["file", "outcome"]
)
UNREADABLE_RECORDS = Counter("secmon_geo_unreadable_records", "Look-ups that met a damaged record", ["error"])
