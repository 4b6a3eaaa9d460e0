"""A user agent in, traits out: the one door to the readers of strings."""

from __future__ import annotations

import re
from collections.abc import Collection
from functools import lru_cache
from urllib.parse import unquote

from secmon.devices.browser_agents import read_browser
from secmon.devices.hardware import first_hardware, named_as_tablet, named_hardware
from secmon.devices.traits import DeviceClass, System, Traits, Version, parse_version

# The longest honest agents, Alipay's, have some 600 characters. What comes after is not read.
LONGEST_READ = 1024

_SYSTEM = re.compile(
    r"(Android|iOS|iPadOS|iPhone OS|HarmonyOS|OpenHarmony|Windows|macOS|Linux)"
    r"(?: NEXT| NT)?[ /]?([0-9][0-9.]{0,39})?$",
    re.IGNORECASE,
)
# What iOS' networking libraries write by themselves, in the app's name and without its model.
_LIBRARY = re.compile(r"\bScale/|\bbuild:|\bAlamofire/")
_SYSTEMS = {
    "android": System.ANDROID,
    "ios": System.IOS,
    "ipados": System.IOS,
    "iphone os": System.IOS,
    "harmonyos": System.HARMONYOS,
    "openharmony": System.HARMONYOS,
    "windows": System.WINDOWS,
    "macos": System.MACOS,
    "linux": System.LINUX,
}


class UserAgentReader:
    """Reads any string in linear time and remembers the latest `cache_size`. Threads may share one."""

    def __init__(self, app_products: Collection[str] = ("UWallet",), cache_size: int = 4096) -> None:
        self._apps = AppAgents(app_products)
        self._cached = lru_cache(maxsize=cache_size)(self._parse)

    def read(self, user_agent: str) -> Traits:
        """The traits of an agent; of an empty or unreadable one, `Traits()`. Never raises."""
        return self._cached(user_agent[:LONGEST_READ])

    def _parse(self, user_agent: str) -> Traits:
        text = _printable(_decoded(user_agent)).strip()
        # No honest agent has a NUL: what comes with one is believed in nothing.
        if not text or "\0" in user_agent:
            return Traits()
        return self._apps.read(text) or read_browser(text, self._apps.client(text))


def _decoded(text: str) -> str:
    """Apple's networking percent-encodes the app's name, "U%E9%92%B1%E5%8C%85/1204 CFNetwork/…". Once."""
    product, slash, rest = text.partition("/")
    return f"{unquote(product, errors='replace')}{slash}{rest}" if "%" in product else text


def _printable(text: str) -> str:
    """Control characters, lone surrogates and text-direction marks become spaces; no honest agent has any."""
    if text.isprintable():
        return text
    return "".join(character if character.isprintable() else " " for character in text)


class AppAgents:
    """The wallet's own apps, which no library reads: "UWallet/5.12.0 (Android 14; Xiaomi 2201123C; zh_CN)".

    `products` are the names before the slash.
    """

    def __init__(self, products: Collection[str]) -> None:
        self._names = {product.casefold(): product for product in products}
        names = "|".join(re.escape(product) for product in products) or r"(?!)"
        self._product = re.compile(rf"(?<![\w-])({names})/([0-9.]{{1,40}})?", re.IGNORECASE)

    def client(self, text: str) -> tuple[str, Version] | None:
        """The wallet's app, wherever in `text` it names itself."""
        match = self._product.search(text)
        if match is None:
            return None
        # The system's own networking (CFNetwork) writes the build number where the version belongs.
        version = () if "CFNetwork/" in text else parse_version(match[2])
        return self._names[match[1].casefold()], version

    def read(self, text: str) -> Traits | None:
        """The traits in an agent that starts with the app and names its system; None for any other string."""
        match = self._product.match(text)
        if match is None:
            return None
        _, _, remarks = text[match.end() :].partition("(")
        parts = [part.strip() for part in remarks.partition(")")[0].split(";")]
        # Android's own networking says "(Linux; U; Android 13; …)".
        parts = parts[1:] if parts[0] == "Linux" and any(map(_SYSTEM.match, parts[1:])) else parts
        for place, part in enumerate(parts):
            if named := _SYSTEM.match(part):
                name = first_hardware(parts[place + 1 :] + parts[:place])
                brand, model = _brand_and_model(system := _SYSTEMS[named[1].casefold()], name)
                client, version = self._names[match[1].casefold()], parse_version(match[2])
                hardware_class = _class(system, part, name)
                return Traits(
                    system,
                    parse_version(named[2]),
                    brand,
                    model,
                    client,
                    version,
                    hardware_class,
                    own_format=not (system is System.IOS and _LIBRARY.search(text)),
                )
        return None


def _brand_and_model(system: System, name: str) -> tuple[str | None, str | None]:
    if system in (System.IOS, System.MACOS):
        # "iPhone" alone names no model; "iPhone15,2" does.
        return "Apple", name if "," in name else None
    return named_hardware(name)


def _class(system: System, system_name: str, name: str) -> DeviceClass:
    if system in (System.WINDOWS, System.MACOS, System.LINUX):
        return DeviceClass.COMPUTER
    if named_as_tablet(name) or named_as_tablet(system_name):
        return DeviceClass.TABLET
    if system is System.IOS and not name:
        return DeviceClass.OTHER
    return DeviceClass.PHONE
