"""Where in a user agent the hardware stands, and what of it is a name."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

from secmon.devices.makers import maker_and_model, makers

# Words that stand where a model would, and name none. "K" is what Chrome says instead of any model since 110.
# fmt: off
NO_MODEL = frozenset({
    "android", "arm", "arm_64", "diordna", "harmonyos", "k", "linux", "mobile", "openharmony", "phone",
    "smartphone", "tablet", "u", "unknown", "wv", "x86_64",
})
# fmt: on

# A locale, a build, or a capability rather than hardware: "zh_CN", "rv:127.0", "Scale/3.00", "HMSCore 6.13",
# "armeabi-v7a". Three digits and more are a model: Coolpad's "1825" is one.
_NOT_HARDWARE = re.compile(
    r"[a-z]{2,3}(?:[-_][A-Za-z]{2,4}){0,2}$|[^ ]*[:/]|HMSCore\b|[0-9]{0,2}$|[0-9]*\.[0-9.]*$"
    r"|armeabi|arm64-|SDK \d"
)
_BUILD = re.compile(r" ?(?:Build|MIUI)/")
_TABLET = re.compile(r"\b(?:MatePad|Pad|Tab|Tablet)\b|^iPad", re.IGNORECASE)
_SCREEN_ON_A_WALL = re.compile(
    r"\b(?:TV|HbbTV|SmartTV|GoogleTV|AndroidTV|MiTV\w*|BRAVIA|AFT[A-Z]\w*|CrKey|SHIELD Android TV|Quest|VR)\b"
    r"|OculusBrowser|SMART-TV|Web0S|WebOS|Tizen|Pico Neo"
)

# One of these is in whatever the expression finds, and is looked for in a tenth of the time.
_ON_A_WALL = ("TV", "BRAVIA", "AFT", "CrKey", "Quest", "VR", "Oculus", "Web0S", "WebOS", "Tizen", "Pico Neo")

# A comment, or where somebody left the brackets out, what stands before the engine.
_COMMENT = re.compile(r"\(((?:[^()]|\([^()]*\))*)\)")
_UNBRACKETED = re.compile(r"Mozilla/5\.0 ([^()]*?)(?= AppleWebKit/| Gecko/|$)")
# Cut off where the agent was too long, or never closed.
_UNCLOSED = re.compile(r"\(([^)]*)$")
_ANDROID_FIELD = re.compile(r"Android(?:[ /-]?([0-9][0-9.]{0,39}))?(?![\w.])")

LONGEST_NAME = 48
COMMENTS_READ, FIELDS_READ = 8, 16


def android_fields(text: str) -> tuple[str | None, list[str]] | None:
    """The version and the fields after it, of the comment that has a field "Android …"; None without one.

    "MyBankAndroid/5.1" has the word in its product, and "Linux/2.6 Android/2.3.7 Release/…" no fields.
    """
    for comment in _comments(text):
        fields = [field.strip() for field in comment.split(";", FIELDS_READ)]
        for place, field in enumerate(fields):
            if match := _ANDROID_FIELD.match(field):
                return match[1], fields[place + 1 :]
    return None


def _comments(text: str) -> Iterator[str]:
    for number, match in enumerate(_COMMENT.finditer(text)):
        if number == COMMENTS_READ:
            return
        yield match[1]
    for bare in filter(None, (_UNBRACKETED.match(text), _UNCLOSED.search(text))):
        if ";" in bare[1]:
            yield bare[1]


def first_hardware(parts: list[str]) -> str:
    """The first of an agent's `;`-separated remarks that can be a device's name, or ""."""
    for part in parts:
        name = _BUILD.split(part, maxsplit=1)[0].strip()
        if name.casefold() not in NO_MODEL and not _NOT_HARDWARE.match(name):
            return name[:LONGEST_NAME]
    return ""


@lru_cache(4096)
def named_hardware(name: str) -> tuple[str | None, str | None]:
    """Maker and model in what first_hardware found. A word such as "Phone" is no model."""
    brand, model = maker_and_model(name)
    return brand, model if model and model.casefold() not in NO_MODEL else None


@lru_cache(4096)
def as_named_today(brand: str | None, model: str | None) -> tuple[str | None, str | None]:
    """Maker and model of a device that was stored when the table of makers was another."""
    if model is None or brand == "Apple":
        return (brand and makers().name(brand)), model
    maker, rest = named_hardware(f"{brand} {model}" if brand else model)
    return (maker, rest) if maker and rest else (brand, model)


def named_as_tablet(name: str) -> bool:
    """Does the hardware's name itself say that it is a tablet?"""
    return _TABLET.search(name) is not None


def is_on_a_wall(text: str) -> bool:
    """A television or a headset: nobody's phone, tablet or computer."""
    return any(word in text for word in _ON_A_WALL) and _SCREEN_ON_A_WALL.search(text) is not None
