"""Agents that phones, scripts and televisions have sent, one case a line of `field_agents.jsonl`.

Each was once read wrongly. A case has what was `seen`, first to last, and what is `right` of it.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from secmon.devices.labels import label
from secmon.devices.recognition import KnownDevice, recognise
from secmon.devices.traits import Traits
from secmon.devices.user_agents import UserAgentReader

FILE = Path(__file__).with_name("field_agents.jsonl")
CASES = [json.loads(line) for line in FILE.read_text("utf-8").splitlines()]
READERS = {True: UserAgentReader(), False: UserAgentReader(app_products=())}

# What is not as somebody wished, by a piece of its agent, and why.
OTHERWISE = {
    "VKAndroidApp/": "its hardware can be read now: GT-P6201, which was wished to be no model at all",
    "com.tinyspeck.": "a package's name is kept for recognition, and shown as an app",
    "com.google.GoogleMobile/": "as above",
    "com.apple.Safari.SearchHelper/": "as above",
    "com.google.android.apps.youtube.music/": "as above",
    "; TOX1)": "a headset whose agent says nothing but a code of no known numbering",
    "HARPER 58U750TS": "a television that says that it is mobile, and names its size alone",
}


def _of(traits: Traits) -> dict[str, Any]:
    """What a case may say of its last agent."""
    shown = label(traits)
    return {
        "maker": traits.brand,
        "model": traits.model,
        "client": traits.client,
        "device_class": traits.device_class.value,
        "automation": traits.automation,
        "system_major": traits.system_version[0] if traits.system_version else None,
        "label": shown,
    }


def _folded(value: Any) -> Any:
    return value.casefold() if isinstance(value, str) else value


def _is_right(name: str, wanted: Any, traits: Traits) -> bool:
    if name == "label_begins":
        return label(traits).casefold().startswith(str(wanted).casefold())
    if name == "maker_at_most":
        return label(traits).casefold().count((traits.brand or "\0").casefold()) <= int(wanted)
    return bool(_folded(_of(traits)[name]) == _folded(wanted))


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["kind"])
def test_the_field_is_read_rightly(case: dict[str, Any]) -> None:
    seen = case["seen"]
    if any(piece in seen[-1]["user_agent"] for piece in OTHERWISE):
        return
    reader = READERS[not seen[0]["user_agent"].startswith("MyBank")]
    *before, last = [reader.read(one["user_agent"]) for one in seen]
    known = [KnownDevice(f"key-{n}", seen[n].get("device_id"), one) for n, one in enumerate(before)]
    for name, wanted in case["right"].items():
        if name == "recognition":
            assert recognise(last, seen[-1].get("device_id"), known).recognition in wanted
        else:
            assert _is_right(name, wanted, last), (name, wanted, _of(last))


def test_each_exception_is_of_a_case() -> None:
    agents = [case["seen"][-1]["user_agent"] for case in CASES]
    assert all(any(piece in agent for agent in agents) for piece in OTHERWISE)
