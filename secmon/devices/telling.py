"""What of a device its owner is told: the parts that are recognised, and nothing that a stranger worded.

A user agent is written by whoever logs in. A hotline's number or "call us now" in the place of a model must
not reach an owner in the service's own letter, so makers and programs come from lists, and a model has to
look like one. Pure.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import replace

from secmon.devices.apple_hardware import APPLE_NAMES
from secmon.devices.labels import label
from secmon.devices.market_names import market_name
from secmon.devices.programs import NAMED
from secmon.devices.traits import UNREAD, DeviceClass, System, Traits, Version
from secmon.wording.device_names import Nameless

# fmt: off
# As their owners know them; whatever is not here is no maker.
_BRANDS = {name.casefold(): name for name in (
    "Alcatel", "Amazon", "ASUS", "Blackview", "Coolpad", "Cubot", "Doogee", "Fairphone", "Gionee", "Google",
    "Hisense", "HONOR", "HTC", "HUAWEI", "Infinix", "iQOO", "itel", "Kyocera", "Lenovo", "LG", "Meizu",
    "Micromax", "Microsoft", "Motorola", "Nokia", "Nothing", "nubia", "OnePlus", "OPPO", "Oukitel",
    "Panasonic", "POCO", "realme", "Redmi", "Samsung", "Sharp", "Smartisan", "Sony", "TCL", "TECNO",
    "Ulefone", "vivo", "Wiko", "Xiaomi", "ZTE",
)}
# The words that models are named by, besides numbers.
_SERIES = frozenset({
    "4g", "5g", "ace", "air", "alpha", "camon", "civi", "e", "edge", "enjoy", "fe", "find", "flip", "fold",
    "g", "galaxy", "gt", "hot", "iqoo", "lite", "magic", "mate", "matepad", "max", "mega", "mi", "mini",
    "mix", "moto", "neo", "nex", "nord", "note", "nova", "pad", "phone", "pixel", "play", "plus", "poco",
    "pop", "porsche", "power", "pro", "pura", "razr", "redmi", "reno", "rog", "se", "smart", "spark", "tab",
    "turbo", "ultra", "xperia", "y", "zenfone", "zero", "zoom",
})
# fmt: on
# A maker's code: SM-A135F, RMX3085, PGT-AN10, V2055A, M2102J20SG; and Xiaomi's, which begin with a month.
_CODE = re.compile(
    r"[A-Z]{1,3}-?[A-Z]{0,2}[0-9]{1,4}[A-Za-z]{0,3}"
    r"|M[0-9]{4}[A-Z][0-9]{1,2}[A-Z]{1,3}"
    r"|2[0-9](?:0[1-9]|1[0-2])[0-9A-Z]{1,5}[A-Z]"
)
_NUMBER = re.compile(r"[A-Za-z]{0,2}[0-9]{1,3}[A-Za-z]{0,2}|\(20[0-9]{2}\)")
_SERIES_AND_NUMBER = re.compile(r"([A-Za-z]+)[0-9]{1,3}[A-Za-z]{0,2}")
LONGEST_MODEL = 24
# Fewer than any telephone number, hotlines of five digits among them.
MOST_DIGITS_OF_CODE, MOST_DIGITS_OF_SERIES = 6, 4
HIGHEST_SYSTEM, HIGHEST_CLIENT = 99, 999

_UNKNOWN = {
    DeviceClass.PHONE: Nameless.UNKNOWN_PHONE,
    DeviceClass.TABLET: Nameless.UNKNOWN_TABLET,
    DeviceClass.COMPUTER: Nameless.COMPUTER,
}


def told(traits: Traits, locale: str, apps: Collection[str] = ()) -> str:
    """The device for its owner's eyes; `apps` are the wallet's own products. Never a stranger's words."""
    known = recognised(traits, apps)
    says_nothing_known = known.model is None and known.brand in (None, "Apple")
    known = replace(known, model=market_name(traits.brand, traits.model) or known.model)
    hides = says_nothing_known and traits.system not in (System.IOS, System.MACOS)
    named = traits.model is not None or traits.brand is not None
    unknown = _UNKNOWN.get(traits.device_class) if hides and named and not traits.automation else None
    return label(known, locale, hardware=unknown)


def recognised(traits: Traits, apps: Collection[str] = ()) -> Traits:
    """The traits without what is on no list and looks like no model or version."""
    brand = _BRANDS.get(traits.brand.casefold()) if traits.brand else None
    model = traits.model
    if traits.brand == "Apple" or model in APPLE_NAMES:
        brand, model = "Apple", model if model in APPLE_NAMES else None
    elif model is not None and not is_model(model):
        model = None
    is_known = traits.client in NAMED or traits.client in apps
    return replace(
        traits,
        # Without a maker a code is still one, and words are whatever somebody said.
        model=model if brand or _CODE.fullmatch(model or "") else None,
        brand=brand,
        client=traits.client if is_known else UNREAD,
        client_version=_bounded(traits.client_version, HIGHEST_CLIENT) if is_known else (),
        system_version=_bounded(traits.system_version, HIGHEST_SYSTEM),
    )


def is_model(name: str) -> bool:
    """Whether that can be a model: a maker's code, or words that models are named by, and few digits."""
    if len(name) > LONGEST_MODEL or not name.isascii():
        return False
    digits = sum(character.isdigit() for character in name)
    if _CODE.fullmatch(name):
        return digits <= MOST_DIGITS_OF_CODE
    return digits <= MOST_DIGITS_OF_SERIES and all(map(_is_of_series, name.split(" ")))


def _is_of_series(word: str) -> bool:
    if word.casefold() in _SERIES or _NUMBER.fullmatch(word):
        return True
    glued = _SERIES_AND_NUMBER.fullmatch(word)
    return glued is not None and glued[1].casefold() in _SERIES


def _bounded(version: Version, highest: int) -> Version:
    return version if all(part <= highest for part in version[:2]) else ()
