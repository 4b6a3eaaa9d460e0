"""Who makes a phone, and what of its name is the model: by the names, lines and codes in `makers.toml`.

One handset is written in many ways: "HUAWEI HRY-LX1" by an app, "HRY-LX1" by its web view, and an Honor is on
the box. Whichever was written, the same maker and model come out.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

TABLE = Path(__file__).with_name("makers.toml")
HUAWEI, HONOR = "Huawei", "Honor"

# "HRY-LX1", "AGM3-W09HN", "JKM-AL00a": letters, network and variant.
_LETTERED = re.compile(r"([A-Z]{3,4}[2-6]?)-([A-Z]{0,3}\d\w{0,6})")
# The networks of Huawei's phones since 2021, without 5G. Whatever else is there ("AN", "NX") is Honor's.
_OLD = re.compile(r"[ACDT]L\d|L\d|LX9|W\d|[BU]L\d")
_NETWORK = re.compile(r"(?:[ACT][LN]\d\d|[LNW]\d\d|[LN]X\d)[A-Za-z]{0,4}$")
# What may stand between a maker's name and the model.
_BETWEEN = " _-"
_MOST_WORDS_OF_A_NAME = 3


@dataclass(frozen=True, slots=True)
class Makers:
    """The table, ready for look-ups. `names` and `lines` by their small letters, names without blanks."""

    checked: date
    sources: tuple[str, ...]
    names: Mapping[str, str]
    lines: Mapping[str, str]
    codes: re.Pattern[str]
    sure: re.Pattern[str]
    letters: Mapping[str, str]
    later: frozenset[str]
    makers_of_groups: tuple[str, ...]

    def name(self, said: str) -> str:
        """A maker's name as it is written here, whoever wrote it how."""
        return self.names.get(_key(said), said)

    def of_code(self, model: str) -> str | None:
        """The maker whose code that is."""
        return self.of_sure_code(model) or self._by_group(self.codes, model) or self._by_network(model)

    def of_sure_code(self, model: str) -> str | None:
        """The maker of a code that only its phones have, whatever name is beside it."""
        if maker := self._by_group(self.sure, model):
            return maker
        lettered = _LETTERED.match(model)
        return self._by_letters(lettered[1], lettered[2]) if lettered else None

    def _by_letters(self, letters: str, rest: str) -> str | None:
        if rest.endswith("HN"):
            return HONOR
        if letters in self.later and _OLD.match(rest):
            return HUAWEI
        # A second tablet of a name gets a number: "ROD2" after "ROD".
        return self.letters.get(letters) or self.letters.get(letters.rstrip("23456"))

    def of_line(self, model: str) -> str | None:
        """The maker of a line of models, such as Redmi or Pixel."""
        return self.lines.get(model.partition(" ")[0].partition("-")[0].casefold())

    def _by_group(self, codes: re.Pattern[str], model: str) -> str | None:
        match = codes.match(model)
        return self.makers_of_groups[int((match.lastgroup or "m0")[1:])] if match else None

    def _by_network(self, model: str) -> str | None:
        lettered = _LETTERED.match(model)
        if lettered is None or not _NETWORK.match(lettered[2]):
            return None
        return HUAWEI if _OLD.match(lettered[2]) else HONOR


@cache
def makers() -> Makers:
    """The table that ships, read once a process."""
    said = tomllib.loads(TABLE.read_text("utf-8"))
    makers_said = [*said["maker"], {"name": HUAWEI, **said["huawei"]}, {"name": HONOR, **said["honor"]}]
    names = {_key(name): name for name in said["others"]["names"]}
    return Makers(
        checked=said["checked"],
        sources=tuple(said["sources"]),
        names=names | {_key(name): maker["name"] for maker in makers_said for name in maker["names"]},
        lines={line: maker["name"] for maker in makers_said for line in maker["lines"]},
        codes=_pattern(makers_said, "codes"),
        sure=_pattern(makers_said, "sure"),
        letters={
            letters: name for name in (HUAWEI, HONOR) for letters in said[name.casefold()]["letters"].split()
        },
        later=frozenset(said["huawei"]["later"].split()),
        makers_of_groups=tuple(maker["name"] for maker in makers_said),
    )


def measured_makers() -> frozenset[str]:
    """The makers whose phones wallet users carry: those with codes of their own in the table."""
    return frozenset(makers().makers_of_groups)


def _pattern(makers_said: Iterable[Mapping[str, Any]], key: str) -> re.Pattern[str]:
    """One expression for all codes; the group that matched says whose."""
    groups = [f"(?P<m{number}>{maker[key]})" for number, maker in enumerate(makers_said) if maker.get(key)]
    return re.compile(rf"(?:{'|'.join(groups)})(?![A-Za-z0-9])")


def _key(name: str) -> str:
    return name.replace(" ", "").casefold()


def maker_and_model(name: str) -> tuple[str | None, str | None]:
    """Split what an agent calls the hardware: "HMD Global Nokia G21" is a Nokia, "G21".

    A line ("Redmi Note 8T") says its maker and stays in the model. The maker is None where nobody is known.
    """
    table = makers()
    # Meizu's browser writes its own mark before any other maker's model.
    model, named = name.removeprefix("MZ-").strip(), None
    # "LGE-NX9" is an Honor, whatever its letters spell.
    while table.of_sure_code(model) is None and (found := _leading_name(model, table)) is not None:
        named, model = found
    maker = table.of_sure_code(model) or named or table.of_line(model) or table.of_code(model)
    return maker, model or None


def _leading_name(text: str, table: Makers) -> tuple[str, str] | None:
    """The maker's name that `text` begins with, and what comes after it."""
    words = re.split(rf"[{_BETWEEN}]+", text, maxsplit=_MOST_WORDS_OF_A_NAME)
    for count in range(min(_MOST_WORDS_OF_A_NAME, len(words)), 0, -1):
        maker = table.names.get("".join(words[:count]).casefold())
        rest = re.split(rf"[{_BETWEEN}]+", text, maxsplit=count)[count:]
        if maker is not None and (rest or count == len(words)):
            return maker, rest[0] if rest else ""
    return None
