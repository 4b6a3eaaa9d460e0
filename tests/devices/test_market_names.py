"""The names on the box, and the table they come from."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from secmon.devices.makers import maker_and_model
from secmon.devices.market_names import boxed_name, market_name, names, origin
from secmon.devices.telling import told
from secmon.devices.user_agents import UserAgentReader
from tests.devices import agents
from tools.market_names import listed, named

READER = UserAgentReader()


@pytest.mark.parametrize(
    ("model", "english"),
    [
        ("SM-A135F", "Samsung Galaxy A13"),
        ("2201123C", "Xiaomi 12"),
        ("TFY-LX2", "Honor X8"),
        ("KB2005", "OnePlus 8T"),
    ],
)
def test_owners_read_the_name_on_the_box(model: str, english: str) -> None:
    traits = READER.read(agents.app_web_view("5.12.0", "14", model))
    assert boxed_name(traits.brand, traits.model) == english
    assert told(traits, "en", ("UWallet",)).casefold().startswith(english.casefold())


def test_a_model_that_no_list_has_is_told_by_its_code() -> None:
    assert market_name("Samsung", "SM-Z999Z") is None
    traits = READER.read(agents.app_web_view("5.12.0", "14", "SM-S938B"))
    assert "SM-S938B" in told(traits, "en")


def test_each_row_is_of_a_model_as_agents_are_read() -> None:
    keys = [key.split("\t") for key in names()]
    assert all(maker_and_model(f"{maker} {model}") == (maker, model) for maker, model in keys)
    assert origin()[0].year >= 2023


def test_the_table_is_made_of_googles_list_and_of_the_packages(tmp_path: Path) -> None:
    rows = [
        ("samsung", "Galaxy S99", "s99", "SM-S999B"),
        ("samsung", "SM-X1", "x", "SM-X1"),
        ("Acme", "One", "a", "A1"),
    ]
    package = tmp_path / "devices.json"
    package.write_text(
        json.dumps([{"brand": b, "name": n, "device": d, "model": m} for b, n, d, m in rows]), "utf-8"
    )
    google = tmp_path / "supported_devices.csv"
    text = "Retail Branding,Marketing Name,Device,Model\n" + "".join(f"{','.join(row)}\n" for row in rows)
    google.write_text(text, "utf-16")
    for file in (package, google):
        assert named(listed(file)) == {("Samsung", "SM-S999B"): "Galaxy S99"}


def test_a_code_of_two_names_has_none() -> None:
    rows = [("OPPO", "A12", "CPH2077"), ("OPPO", "A12s", "CPH2077")]
    assert named(rows) == {}
