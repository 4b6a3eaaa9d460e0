"""What stands on a phone's box, by maker and model code: "Galaxy A13" for Samsung's SM-A135F.

From Google Play's list of supported devices; `python -m tools.market_names` writes the table anew.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from functools import cache
from pathlib import Path

TABLE = Path(__file__).with_name("market_names.tsv")


def market_name(maker: str | None, model: str | None) -> str | None:
    """The name of a model, without its maker; None for one that the list lacks."""
    return names().get(f"{maker}\t{model}") if maker and model else None


def boxed_name(maker: str | None, model: str | None) -> str | None:
    """The same with its maker, as one says it: "Samsung Galaxy A13"."""
    name = market_name(maker, model)
    return name and f"{maker} {name}"


@cache
def names() -> Mapping[str, str]:
    """Names by maker and model, read once a process and only where somebody is told of a device."""
    lines = TABLE.read_text("utf-8").splitlines()
    return {
        key: name for key, _, name in (line.rpartition("\t") for line in lines if not line.startswith("#"))
    }


def origin() -> tuple[date, str]:
    """Of which day the list is, and where it comes from."""
    first, second, *_ = TABLE.read_text("utf-8").splitlines()
    return date.fromisoformat(first.removeprefix("# ")), second.removeprefix("# ")
