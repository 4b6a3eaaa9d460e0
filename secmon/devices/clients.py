"""Apps and browsers, by the tokens they leave in a user agent."""

import re

from secmon.devices.versions import Version, parse_version

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
