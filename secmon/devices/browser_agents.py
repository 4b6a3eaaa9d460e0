"""Reads the user agents of browsers, web views and scripts.

By ua-parser's Rust matcher and the classification of `user-agents`.
"""

from __future__ import annotations

import re
from functools import cache

from ua_parser import Domain, PartialResult, load_lazy_builtins
from ua_parser.core import OS
from ua_parser.core import UserAgent as Product
from ua_parser.regex import Resolver
from user_agents.parsers import Browser, Device, OperatingSystem, UserAgent

from secmon.devices.hardware import android_fields, first_hardware, is_on_a_wall, named_hardware
from secmon.devices.makers import makers
from secmon.devices.programs import client_in, is_automated, may_be_bot
from secmon.devices.traits import UNREAD, DeviceClass, System, Traits, Version, parse_version

_SYSTEMS = {
    "Android": System.ANDROID,
    "iOS": System.IOS,
    "HarmonyOS": System.HARMONYOS,
    "Windows": System.WINDOWS,
    "Mac OS X": System.MACOS,
    "Chrome OS": System.CHROMEOS,
    "Linux": System.LINUX,
}

# Browsers froze these in their user agents: they are said on every later version too, so they say nothing.
_FROZEN: dict[System, set[Version]] = {System.MACOS: {(10, 15), (10, 15, 7)}, System.CHROMEOS: {(14541,)}}
_FROZEN_ANDROID = (10,)

# What ua-parser calls hardware of no known maker, every bot, and whatever has a letter and four digits.
_NO_BRAND = ("Generic", "Spider", "SonyEricsson")

_HARMONY = re.compile(r"\b(OpenHarmony|HarmonyOS)\b(?: NEXT)?[ /-]?([0-9.]{0,40})")
_OPENHARMONY_CLASS = re.compile(r"\((phone|tablet|pc|2in1);", re.IGNORECASE)
_OPENHARMONY_CLASSES = {
    "phone": DeviceClass.PHONE,
    "tablet": DeviceClass.TABLET,
    "pc": DeviceClass.COMPUTER,
    "2in1": DeviceClass.COMPUTER,
}


@cache
def _matcher() -> Resolver:
    """Compiled once a process (0.15 s); linear in the length of the agent, whatever it holds."""
    return Resolver(load_lazy_builtins())


def read_browser(text: str, app: tuple[str, Version] | None) -> Traits:
    """The traits in a browser's, web view's or script's agent; `app` is the wallet's app, if named there."""
    android = android_fields(text)
    hardware = _named(android[1]) if android else (None, None)
    # The library's longest list, of hardware and bots, is asked only where it may know more.
    is_plain = hardware[0] is not None and not may_be_bot(text)
    result = _matcher()(text, Domain.USER_AGENT | Domain.OS if is_plain else Domain.ALL)
    agent = _classified(text, result)
    automated = is_automated(text, called_bot=agent.is_bot)
    system, system_version = _system(text, agent, android[0] if android else None)
    brand, model = _hardware(hardware, system, result)
    if system is System.ANDROID and model is None and system_version == _FROZEN_ANDROID:
        system_version = ()
    client, client_version = app or _client(text, result)
    device_class = DeviceClass.BOT if automated else _class(text, system, agent)
    return Traits(system, system_version, brand, model, client, client_version, device_class, automated)


def _classified(text: str, result: PartialResult) -> UserAgent:
    """The library's judge of a result at hand: its constructor would ask the pure-Python parser (0.9 ms)."""
    agent = UserAgent.__new__(UserAgent)
    agent.ua_string = text
    product, system, device = result.user_agent, result.os, result.device
    agent.browser = Browser(product.family if product else UNREAD, *_both(product))
    agent.os = OperatingSystem(system.family if system else UNREAD, *_both(system))
    agent.device = Device(device.family, device.brand, device.model) if device else Device(UNREAD, None, None)
    return agent


def _both(named: OS | Product | None) -> tuple[Version, str]:
    """A version as a tuple, and as the text that says "RT", "ME" or "XP" as well."""
    if named is None:
        return (), ""
    said = (named.major, named.minor, named.patch, named.patch_minor)
    text = ".".join(part for part in said if part)
    return parse_version(text), text


def _system(text: str, agent: UserAgent, android: str | None) -> tuple[System, Version]:
    harmony = {match[1]: match[2] for match in _HARMONY.finditer(text)}
    if harmony:
        # HarmonyOS is the release that owners know; web views may name only OpenHarmony, the base beneath it.
        return System.HARMONYOS, parse_version(harmony.get("HarmonyOS") or harmony.get("OpenHarmony"))
    system = _SYSTEMS.get(agent.os.family)
    if system is None:
        # The distributions ("Ubuntu", "Fedora") are one family here.
        system = System.LINUX if agent.is_pc and "Linux" in text else System.OTHER
    match system:
        case System.ANDROID:
            # The library takes any "Android/4.2" of any product for the system's version.
            return system, parse_version(android)
        case System.IOS:
            return ios_version(text, agent.os.version)
        case System.OTHER:
            return system, ()
    version: Version = agent.os.version
    return system, () if version in _FROZEN.get(system, ()) else version


def _named(fields: list[str]) -> tuple[str | None, str | None]:
    name = first_hardware(fields)
    return named_hardware(name) if name else (None, None)


def _hardware(
    named: tuple[str | None, str | None], system: System, result: PartialResult
) -> tuple[str | None, str | None]:
    device = result.device
    if system in (System.IOS, System.MACOS):
        return "Apple", device.model if device and device.model and "," in device.model else None
    if system not in (System.ANDROID, System.HARMONYOS):
        return None, None
    brand, model = named
    if brand is None and model is not None and device and not (device.brand or "").startswith(_NO_BRAND):
        return _with_library_brand(device.brand, model)
    return brand, model


def _with_library_brand(brand: str | None, model: str) -> tuple[str | None, str]:
    """The library's word for a maker that our table lacks; never twice, as in "Itel itel A662L"."""
    if brand is None:
        return None, model
    brand = makers().name(brand)
    rest = model[len(brand) :].lstrip(" _-") if model.casefold().startswith(brand.casefold()) else ""
    return brand, rest or model


def _client(text: str, result: PartialResult) -> tuple[str, Version]:
    product = result.user_agent
    return client_in(text, (product.family, _both(product)[0]) if product else None)


def _class(text: str, system: System, agent: UserAgent) -> DeviceClass:
    if system is System.HARMONYOS and (said := _OPENHARMONY_CLASS.search(text)):
        return _OPENHARMONY_CLASSES[said[1].casefold()]
    if is_on_a_wall(text):
        return DeviceClass.OTHER
    if system is System.ANDROID and "Mozilla/" not in text:
        # An app's networking library leaves out "Mobile Safari", which alone tells a phone from a tablet.
        return DeviceClass.PHONE
    if agent.is_tablet:
        return DeviceClass.TABLET
    if agent.is_mobile:
        # CFNetwork says neither iPhone nor iPad.
        return DeviceClass.OTHER if agent.device.family == "iOS-Device" else DeviceClass.PHONE
    if agent.is_pc or system in (System.WINDOWS, System.MACOS, System.LINUX, System.CHROMEOS):
        return DeviceClass.COMPUTER
    return DeviceClass.OTHER


# The two last numbers of 18, which say nothing. One more freeze is one more line.
_FROZEN_IOS: tuple[Version, ...] = ((18, 6), (18, 7))
_TOLD = re.compile(r"\bVersion/([0-9.]{1,20})|/iOS/([0-9.]{1,20})|;\s?iOS ([0-9.]{1,20})")
_BROWSER = re.compile(r"OS [0-9]{1,3}_[0-9_]{1,12} like Mac OS X")
_DARWIN = re.compile(r"Darwin/([0-9]{1,3})(?:\.([0-9]{1,3}))?")
_CFNETWORK = re.compile(r"CFNetwork/([0-9]{1,6})")
# Darwin 24 was iOS 18; from then on, systems are numbered by the year that comes.
_FIRST_OF_YEARS, _YEARS_AHEAD = 25, 1
_CFNETWORK_OF_26 = 3800


def ios_version(text: str, said: Version) -> tuple[System, Version]:
    """The system and its version, () where nobody knows; `said` is what stands in the system's own place."""
    if "Darwin/" in text or "CFNetwork/" in text:
        return _of_networking(text, said)
    if not _BROWSER.search(text):
        return System.IOS, said
    told = [parse_version(next(filter(None, match.groups()), "")) for match in _TOLD.finditer(text)]
    later = max((version for version in told if version[:1] >= said[:1]), default=())
    if said[:2] in _FROZEN_IOS:
        return System.IOS, later
    return System.IOS, max(said, later)


def _of_networking(text: str, said: Version) -> tuple[System, Version]:
    """The system's networking names its kernel. On a Mac it names the processor as well."""
    system = System.MACOS if "(x86_64)" in text else System.IOS
    darwin = _DARWIN.search(text)
    if darwin is not None and int(darwin[1]) >= _FIRST_OF_YEARS:
        return system, parse_version(f"{int(darwin[1]) + _YEARS_AHEAD}.{darwin[2] or 0}")
    network = _CFNETWORK.search(text)
    if darwin is None and network is not None and int(network[1]) >= _CFNETWORK_OF_26:
        return system, (_FIRST_OF_YEARS + _YEARS_AHEAD,)
    return system, said if system is System.IOS else ()
