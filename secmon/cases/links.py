"""What a case is about, as one JSON text: its freeze, alerts and devices."""

from __future__ import annotations

import json
import uuid
from collections.abc import Sequence
from typing import Any


def first(freeze_id: uuid.UUID | None, alert_ids: Sequence[uuid.UUID], device_ids: Sequence[str]) -> str:
    """The links of a new case."""
    return json.dumps(
        {
            "freeze_id": None if freeze_id is None else str(freeze_id),
            "alert_ids": [str(alert_id) for alert_id in alert_ids],
            "device_ids": list(device_ids),
        }
    )


def joined(stored: str, alert_id: uuid.UUID | None, device_id: str | None) -> str:
    """The links with what a later report of the same matter came from."""
    links = read(stored)
    for name, found in (("alert_ids", alert_id), ("device_ids", device_id)):
        if found is not None and str(found) not in links[name]:
            links[name].append(str(found))
    return json.dumps(links)


def read(stored: str) -> dict[str, Any]:
    """`{"freeze_id", "alert_ids", "device_ids"}`."""
    links: dict[str, Any] = json.loads(stored)
    return links
