"""What somebody who knows the owner tries first: birthday, phone and name, in their usual spellings. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from datetime import date

_YEAR_FIRST = re.compile(r"(\d{4})[-/.年 ]?(\d{1,2})[-/.月 ]?(\d{1,2})日?", re.ASCII)
_YEAR_LAST = re.compile(r"(\d{1,2})[-/. ]?(\d{1,2})[-/. ]?(\d{4})", re.ASCII)
_PHONE = re.compile(r"\+?[\d ()-]{7,}", re.ASCII)
_MOBILE_WITH_COUNTRY = re.compile(r"86(1\d{10})", re.ASCII)
_BETWEEN_NAMES = re.compile(r"[\s,.'’·-]+")
_SHORTEST = 2


def spellings(inputs: Iterable[str]) -> list[str]:
    """Each input as it is and as it is usually written, lower case, each once, the likeliest first."""
    found = (spelling for text in inputs for spelling in _spellings(text.strip().lower()))
    return list(dict.fromkeys(one for one in found if len(one) >= _SHORTEST))


def _spellings(text: str) -> Iterator[str]:
    yield text
    born = _birthday(text)
    if born is not None:
        yield from _of_date(born)
    elif _PHONE.fullmatch(text):
        yield from _of_phone(re.sub(r"\D", "", text))
    elif "@" in text:
        yield from _of_name(text.partition("@")[0])
    else:
        yield from _of_name(text)


def _birthday(text: str) -> date | None:
    """The date that `text` spells: year first, as here, or last; None where it spells none."""
    first, last = _YEAR_FIRST.fullmatch(text), _YEAR_LAST.fullmatch(text)
    candidates = []
    if first:
        candidates.append(first.groups())
    if last:
        one, other, year = last.groups()
        candidates += [(year, other, one), (year, one, other)]
    for year, month, day in candidates:
        try:
            born = date(int(year), int(month), int(day))
        except ValueError:
            continue
        if 1900 <= born.year < 2100:
            return born
    return None


def _of_date(born: date) -> Iterator[str]:
    year, short, month, day = f"{born:%Y}", f"{born:%y}", f"{born:%m}", f"{born:%d}"
    for whole in (year, short):
        yield from (whole + month + day, day + month + whole, month + day + whole)
        yield from (f"{whole}{mark}{month}{mark}{day}" for mark in "-/.")
        yield f"{whole}{born.month}{born.day}"
    yield f"{year}-{born.month}-{born.day}"
    yield f"{year}年{born.month}月{born.day}日"
    yield from (month + day, day + month, year, year + month)


def _of_phone(digits: str) -> Iterator[str]:
    mobile = _MOBILE_WITH_COUNTRY.fullmatch(digits)
    number = mobile[1] if mobile else digits
    yield digits
    yield number
    yield from (number[-length:] for length in (8, 7, 6, 4))


def _of_name(name: str) -> Iterator[str]:
    """Pinyin or any other letters: `zhang wei` → zhangwei, weizhang, zhang, wei, zw."""
    parts = [part for part in _BETWEEN_NAMES.split(name) if part]
    if len(parts) > 1:
        yield from ("".join(parts), "".join(reversed(parts)), "".join(part[0] for part in parts))
        yield from parts
