"""Chinese names of cities, as the operator's file has them beside the English ones that are stored.

Remembered when a record is read. A name of two cities with two Chinese names is nobody's.
"""

from __future__ import annotations

# More than there are cities with a Chinese name in any file.
MOST_KEPT = 65_536
_AMBIGUOUS = ""

_chinese: dict[str, str] = {}


def remember(english: str | None, chinese: str | None) -> None:
    """Notes that a city has that name; beyond the bound, nothing more."""
    if not english or not chinese:
        return
    known = _chinese.get(english)
    if known is None and len(_chinese) < MOST_KEPT:
        _chinese[english] = chinese
    elif known is not None and known != chinese:
        _chinese[english] = _AMBIGUOUS


def chinese_name(english: str) -> str | None:
    """The one Chinese name that was seen for it."""
    return _chinese.get(english) or None
