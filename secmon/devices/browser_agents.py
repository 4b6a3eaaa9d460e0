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

from secmon.devices.hardware import first_hardware, maker_and_model
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

# What ua-parser calls hardware of no known maker, and every bot.
_NO_BRAND = ("Generic", "Spider")

_ANDROID = re.compile(r"Android[^;()]*((?:[^()]|\([^()]*\))*)")
_HARMONY = re.compile(r"\b(OpenHarmony|HarmonyOS)\b(?: NEXT)?[ /]?([0-9.]{0,40})")
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
    result = _matcher()(text, Domain.ALL)
    agent = _classified(text, result)
    automated = agent.is_bot or is_automated(text)
    system, system_version = _system(text, agent)
    brand, model = _hardware(text, system, result)
    if system is System.ANDROID and model is None and system_version == _FROZEN_ANDROID:
        system_version = ()
    client, client_version = app or _client(text, result)
    if system is System.IOS and client == "Safari":
        # Safari 26 says "iPhone OS 18_6" on iOS 26; Safari carries its system's number.
        system_version = max(system_version, client_version)
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


def _system(text: str, agent: UserAgent) -> tuple[System, Version]:
    harmony = {match[1]: match[2] for match in _HARMONY.finditer(text)}
    if harmony:
        # HarmonyOS is the release that owners know; web views may name only OpenHarmony, the base beneath it.
        return System.HARMONYOS, parse_version(harmony.get("HarmonyOS") or harmony.get("OpenHarmony"))
    system = _SYSTEMS.get(agent.os.family)
    if system is None:
        # The distributions ("Ubuntu", "Fedora") are one family here.
        system = System.LINUX if agent.is_pc and "Linux" in text else System.OTHER
    version: Version = agent.os.version if system is not System.OTHER else ()
    return system, () if version in _FROZEN.get(system, ()) else version


def _hardware(text: str, system: System, result: PartialResult) -> tuple[str | None, str | None]:
    device = result.device
    if system in (System.IOS, System.MACOS):
        return "Apple", device.model if device and device.model and "," in device.model else None
    if system not in (System.ANDROID, System.HARMONYOS):
        return None, None
    library_brand = device.brand if device and not (device.brand or "").startswith(_NO_BRAND) else None
    remarks = _ANDROID.search(text)
    name = first_hardware([part.strip() for part in remarks[1].split(";")]) if remarks else ""
    brand, model = maker_and_model(name, maker_first=False)
    return brand or library_brand, model


def _client(text: str, result: PartialResult) -> tuple[str, Version]:
    named = leading_client(text) or embedded_client(text)
    if named is not None:
        return named
    product = result.user_agent
    return (family(product.family), _both(product)[0]) if product else (UNREAD, ())


def _class(text: str, system: System, agent: UserAgent) -> DeviceClass:
    if system is System.HARMONYOS and (said := _OPENHARMONY_CLASS.search(text)):
        return _OPENHARMONY_CLASSES[said[1].casefold()]
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


# Apps and browsers, by the tokens they leave in a user agent.

# Apps and browsers that the library takes for the web view beneath them. The order decides: WeCom also says
# MicroMessenger, and everything on OpenHarmony says ArkWeb.
_TOKENS = {
    "wxwork": "WeCom",
    "AlipayClient": "Alipay",
    "MicroMessenger": "WeChat",
    "DingTalk": "DingTalk",
    "QQ": "QQ",
    "Quark": "Quark",
    "QuarkPC": "Quark",
    "UCBrowser": "UC Browser",
    "MQQBrowser": "QQ Browser",
    "QQBrowser": "QQ Browser",
    "HuaweiBrowser": "Huawei Browser",
    "MiuiBrowser": "MIUI Browser",
    "HeyTapBrowser": "HeyTap Browser",
    "VivoBrowser": "vivo Browser",
    "harmony360Browser": "360 Browser",
    "QihooBrowser": "360 Browser",
    "QIHU": "360 Browser",
    "360SE": "360 Browser",
    "MetaSr": "Sogou Browser",
    "ArkWeb": "ArkWeb",
}
_RANK = {token: rank for rank, token in enumerate(_TOKENS)}
_TOKEN = re.compile(rf"(?<![\w-])({'|'.join(_TOKENS)})(?:/([0-9.]{{1,40}}))?(?![\w-])")

# One product, one family, whatever it runs on.
_FAMILIES = {
    "Android": "Android Browser",
    "Chrome Mobile": "Chrome",
    "Chrome Mobile iOS": "Chrome",
    "Chrome Mobile WebView": "WebView",
    "Edge Mobile": "Edge",
    "Firefox Mobile": "Firefox",
    "Firefox iOS": "Firefox",
    "Mobile Safari": "Safari",
    "Mobile Safari UI/WKWebView": "WebView",
    "Opera Mobile": "Opera",
}

# Every app and browser that owners may be told by name.
NAMED = frozenset({*_TOKENS.values(), *_FAMILIES.values(), "Dalvik", "Samsung Internet"})

_LEADING = re.compile(r"([A-Za-z][A-Za-z0-9_.+-]{0,39})/([0-9.]{0,40})")

_SCRIPT = re.compile(
    r"(?:curl|wget|python|aiohttp|httpx|urllib|okhttp|go-http-client|java|apache-httpclient|jakarta|axios|node|undici"
    r"|got|postmanruntime|insomnia|scrapy|libwww-perl|lwp|ruby|faraday|guzzlehttp|httpie|restsharp|k6|winhttp)\b",
    re.IGNORECASE,
)
_DRIVEN = re.compile(
    r"headless|phantomjs|slimerjs|selenium|webdriver|puppeteer|playwright|cypress", re.IGNORECASE
)


def embedded_client(text: str) -> tuple[str, Version] | None:
    """The app or regional browser around the web view, if one names itself."""
    found = {match[1]: match[2] for match in _TOKEN.finditer(text)}
    if not found:
        return None
    token = min(found, key=_RANK.__getitem__)
    return _TOKENS[token], parse_version(found[token])


def leading_client(text: str) -> tuple[str, Version] | None:
    """The product that a string which is no browser's starts with: "curl/8.4.0"."""
    match = _LEADING.match(text)
    if match is None or match[1] in ("Mozilla", "Opera"):
        return None
    return match[1], parse_version(match[2])


def family(library_name: str) -> str:
    """Our name for a family that ua-parser names."""
    return _FAMILIES.get(library_name, library_name)[:40]


def is_automated(text: str) -> bool:
    """A script's HTTP library, or a browser that a program drives."""
    return _SCRIPT.match(text) is not None or _DRIVEN.search(text) is not None
