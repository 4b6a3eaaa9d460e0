"""Apps, browsers and scripts, by the words they leave in a user agent."""

from __future__ import annotations

import re

from secmon.devices.traits import UNREAD, Version, parse_version

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
    "SogouMobileBrowser": "Sogou Browser",
    "MZBrowser": "Meizu Browser",
    "OppoBrowser": "OPPO Browser",
    "HonorBrowser": "Honor Browser",
    "2345Browser": "2345 Browser",
    "mb2345browser": "2345 Browser",
    "LieBaoFast": "Liebao Browser",
    "baidubrowser": "Baidu Browser",
    "baiduboxapp": "Baidu",
    "aweme": "Douyin",
    "musical_ly": "TikTok",
    "trill": "TikTok",
    "NewsArticle": "Toutiao",
    "XiaoHongShu": "Xiaohongshu",
    "xiaohongshu": "Xiaohongshu",
    "BiliApp": "Bilibili",
    "jdapp": "JD",
    "Weibo": "Weibo",
    "KAKAOTALK": "KakaoTalk",
    "Line": "LINE",
    "Viber": "Viber",
    "Zalo": "Zalo",
    "NAVER": "NAVER",
    "Instagram": "Instagram",
    "Snapchat": "Snapchat",
    "Telegram-Android": "Telegram",
    "ArkWeb": "ArkWeb",
}
_RANK = {token: rank for rank, token in enumerate(_TOKENS)}
# "MicroMessenger/8.0", "KAKAOTALK 9.7.6", "NAVER(inapp; …)": a word, and its version if there is one.
_WORD = re.compile(r"([A-Za-z0-9][\w-]*)(?:[/ ]([0-9.]{1,40})(?![\w-]))?")

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

# Apple's networking takes the app's own name, blanks and all: "Norton Private Browser/382 CFNetwork/…".
_NETWORKING = re.compile(r"([^/()]{1,40})/([0-9.]{0,40})")

# Libraries by which programs send requests, as they call themselves in front.
# fmt: off
_LIBRARIES = (
    "ab", "aiohttp", "akka-http", "apache-httpclient", "aria2", "asynchttpclient", "axel", "axios", "bruno",
    "bun", "colly", "curl", "deno", "excon", "faraday", "fasthttp", "finagle", "go-http-client", "go-resty",
    "got", "guzzle", "guzzlehttp", "h2load", "hackney", "http.rb", "http_request2", "httparty",
    "httpclient", "httpie", "httpx", "hyper", "insomnia", "isahc", "jakarta", "java", "jersey", "jmeter",
    "k6", "ktor-client", "libcurl", "libwww-perl", "locust", "lua-resty-http", "lwp", "manticore",
    "mechanize", "mint", "mojolicious", "needle", "node", "node-fetch", "nghttp2", "okhttp", "paw",
    "pekko-http", "php", "phpcrawl", "postmanruntime", "pycurl", "python", "python-requests",
    "reactornetty", "req", "request", "reqwest", "rest-client", "restsharp", "rest-assured", "resty",
    "retrofit", "ruby", "scrapy", "siege", "superagent", "symfony", "tesla", "typhoeus", "undici",
    "unirest", "ureq", "urllib", "urllib3", "vegeta", "wget", "winhttp", "wrk", "xh", "zend_http_client",
    "zgrab",
)
# fmt: on
_SCRIPT = re.compile(rf"(?:{'|'.join(map(re.escape, _LIBRARIES))})[0-9]?(?![a-z])", re.IGNORECASE)
# What a browser that a program drives has somewhere, in small letters.
_DRIVEN = (
    *("headless", "phantomjs", "slimerjs", "selenium", "webdriver", "puppeteer", "playwright", "cypress"),
    *("jsdom/", "happydom/", "happy-dom/", "zombie.js", "powershell/"),
)
# The library calls a bot whatever has the three letters somewhere, be it a bank called Caboto or a client
# that names a news site. A bot says so in a word of its own, or leaves an address to complain to.
_BOT = re.compile(
    r"(?:bots?|spiders?|crawl(?:er|ers|ing)?|slurp|archiver|scanner|fetcher|monitor(?:ing)?|preview|validator)"
    r"(?![A-Za-z])|\+https?://|externalhit|Mediapartners|AppEngine|Lighthouse|PageSpeed|Pingdom|^WhatsApp/|feedfetcher",
    re.IGNORECASE,
)
# One of these is in whatever that expression finds.
_BOTLIKE = (
    *("bot", "spider", "crawl", "slurp", "archiver", "scanner", "fetcher", "monitor", "preview", "validator"),
    *(
        "http://",
        "https://",
        "externalhit",
        "mediapartners",
        "appengine",
        "lighthouse",
        "pagespeed",
        "pingdom",
    ),
)
# What an app's package calls itself, "com.example.wallet": the name of a file, not of an app.
_PACKAGE = re.compile(r"(?:[A-Za-z][\w-]*\.){2,}[A-Za-z][\w-]*")


def client_in(text: str, library: tuple[str, Version] | None) -> tuple[str, Version]:
    """The app, browser or script that an agent names, and its version; `library` is what ua-parser found."""
    named = leading_client(text) or embedded_client(text)
    if named is not None:
        return named
    return (_FAMILIES.get(library[0], library[0])[:40], library[1]) if library else (UNREAD, ())


def is_package(client: str) -> bool:
    """Whether that is an app's package and no name that its owner knows."""
    return _PACKAGE.fullmatch(client) is not None


def embedded_client(text: str) -> tuple[str, Version] | None:
    """The app or regional browser around the web view, if one names itself."""
    found = {word: version for word, version in _WORD.findall(text) if word in _RANK}
    if not found:
        return None
    token = min(found, key=_RANK.__getitem__)
    return _TOKENS[token], parse_version(found[token])


def leading_client(text: str) -> tuple[str, Version] | None:
    """The product that a string which is no browser's starts with: "curl/8.4.0"."""
    match = (_NETWORKING if "CFNetwork/" in text else _LEADING).match(text)
    if match is None or match[1] in ("Mozilla", "Opera"):
        return None
    return (match[1], parse_version(match[2])) if "%" not in match[1] else (UNREAD, ())


def may_be_bot(text: str) -> bool:
    """Whether a bot could hide in there; cheap, and right where it says no."""
    lowered = text.casefold()
    return any(word in lowered for word in _BOTLIKE)


def is_automated(text: str, *, called_bot: bool) -> bool:
    """A script's HTTP library, a browser that a program drives, or a bot that says so."""
    lowered = text.casefold()
    if _SCRIPT.match(text) is not None or any(word in lowered for word in _DRIVEN):
        return True
    return called_bot and _BOT.search(text) is not None
