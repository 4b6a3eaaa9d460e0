"""Browsers, which name no install: on computers, and on Android."""

from tests.devices.agents import (
    CHROMEBOOK,
    LINUX,
    MAC,
    WINDOWS,
    WINDOWS_7,
    chinese_browser,
    chrome_android,
    chrome_computer,
    edge,
    firefox,
    firefox_android,
)
from tests.devices.pairs.pair import KNOWN, NEW, UPDATED, Login, Pair, browser, install

CHROME = chrome_computer("126.0.0.0", WINDOWS)
SAMSUNG = "Android 13; SM-S918B"
MIUI = chinese_browser("XiaoMi/MiuiBrowser/17.5.40313", "13", "2201123C")


def samsung_browser(version: str, device: str) -> str:
    return chrome_android("122.0.0.0", device).replace("Chrome", f"SamsungBrowser/{version} Chrome")


BROWSERS = [
    browser("Chrome again", CHROME, CHROME, KNOWN),
    browser("Chrome's next major version", CHROME, chrome_computer("127.0.0.0", WINDOWS), UPDATED),
    browser("Chrome, a year later", CHROME, chrome_computer("138.0.0.0", WINDOWS), UPDATED),
    browser("Chrome 99 to 100 is an update", chrome_computer("99.0.4844.51", WINDOWS), CHROME, UPDATED),
    browser(
        "Chrome before and after its version was reduced",
        chrome_computer("126.0.6478.57", WINDOWS),
        CHROME,
        KNOWN,
    ),
    browser("Chrome of last year: another computer", CHROME, chrome_computer("114.0.0.0", WINDOWS), NEW),
    browser("Windows 11 says Windows 10", chrome_computer("95.0.4638.54", WINDOWS), CHROME, UPDATED),
    browser("Windows 7 to 10", chrome_computer("109.0.0.0", WINDOWS_7), CHROME, UPDATED),
    browser("Windows 7 after 10: another computer", CHROME, chrome_computer("126.0.0.0", WINDOWS_7), NEW),
    browser(
        "Chrome on a 32-bit Windows is that Chrome",
        CHROME,
        chrome_computer("126.0.0.0", "Windows NT 10.0; WOW64"),
        KNOWN,
    ),
    browser("Firefox on the same computer", CHROME, firefox("127.0", WINDOWS), NEW),
    browser("Edge on the same computer", CHROME, edge("126.0.0.0", WINDOWS), NEW),
    browser(
        "Opera on the same computer", CHROME, chrome_computer("126.0.0.0", WINDOWS, " OPR/111.0.0.0"), NEW
    ),
    browser("Chrome on a Mac", CHROME, chrome_computer("126.0.0.0", MAC), NEW),
    browser("Chrome on Linux", CHROME, chrome_computer("126.0.0.0", LINUX), NEW),
    browser(
        "Chrome on a Chromebook",
        chrome_computer("126.0.0.0", LINUX),
        chrome_computer("126.0.0.0", CHROMEBOOK),
        NEW,
    ),
    browser(
        "a Chromebook's update",
        chrome_computer("126.0.0.0", CHROMEBOOK),
        chrome_computer("127.0.0.0", CHROMEBOOK),
        UPDATED,
    ),
    browser("Edge, updated", edge("126.0.0.0", WINDOWS), edge("127.0.0.0", WINDOWS), UPDATED),
    browser("Firefox, updated", firefox("127.0", WINDOWS), firefox("128.0", WINDOWS), UPDATED),
    browser("Firefox, a patch on", firefox("127.0", WINDOWS), firefox("127.0.2", WINDOWS), UPDATED),
    browser(
        "Ubuntu is a Linux", firefox("127.0", "X11; Ubuntu; Linux x86_64"), firefox("127.0", LINUX), KNOWN
    ),
    browser("Chrome on a phone", CHROME, chrome_android("126.0.0.0"), NEW),
    browser("Chrome on Android, updated", chrome_android("126.0.0.0"), chrome_android("127.0.0.0"), UPDATED),
    browser(
        "Chrome on Android asks for the desktop's page",
        chrome_android("126.0.0.0"),
        chrome_computer("126.0.0.0", LINUX),
        NEW,
    ),
    browser("a tablet after a phone", chrome_android("126.0.0.0"), chrome_android("126.0.0.0", form=""), NEW),
    browser(
        "Chrome began to say K",
        chrome_android("109.0.5414.117", SAMSUNG),
        chrome_android("126.0.0.0"),
        UPDATED,
    ),
    browser(
        "Chrome that still names its model",
        chrome_android("109.0.0.0", SAMSUNG),
        chrome_android("109.0.0.0", SAMSUNG),
        KNOWN,
    ),
    browser(
        "a second model, both named",
        chrome_android("109.0.0.0", SAMSUNG),
        chrome_android("109.0.0.0", "Android 13; PEGM00"),
        NEW,
    ),
    browser(
        "Android 13 to 14 in one browser",
        MIUI,
        chinese_browser("XiaoMi/MiuiBrowser/18.1", "14", "2201123C"),
        UPDATED,
    ),
    browser("Xiaomi's browser, updated", MIUI, MIUI.replace("17.5.40313", "17.6.10428"), UPDATED),
    browser("Xiaomi's browser in English", MIUI, MIUI.replace("zh-cn", "en-us"), KNOWN),
    browser("Xiaomi's browser on another phone", MIUI, MIUI.replace("2201123C", "M2102K1AC"), NEW),
    browser(
        "QQ's browser on the same phone", MIUI, chinese_browser("MQQBrowser/13.6", "13", "2201123C"), NEW
    ),
    browser(
        "UC, updated",
        chinese_browser("UCBrowser/15.5.6.1224", "11", "V2148A"),
        chinese_browser("UCBrowser/16.0.1", "11", "V2148A"),
        UPDATED,
    ),
    browser(
        "Quark, updated",
        chinese_browser("Quark/6.8.5.441", "12", "V2148A"),
        chinese_browser("Quark/6.9.1.480", "12", "V2148A"),
        UPDATED,
    ),
    browser(
        "Quark is not UC",
        chinese_browser("Quark/6.8.5.441", "12", "V2148A"),
        chinese_browser("UCBrowser/15.5.6.1224", "12", "V2148A"),
        NEW,
    ),
    browser(
        "Samsung's browser began to say K",
        samsung_browser("21.0", SAMSUNG),
        samsung_browser("26.0", "Android 10; K"),
        UPDATED,
    ),
    browser(
        "Samsung's browser is not Chrome",
        samsung_browser("26.0", "Android 10; K"),
        chrome_android("126.0.0.0"),
        NEW,
    ),
    browser(
        "Firefox on Android, with Android 15",
        firefox_android("127.0", "14"),
        firefox_android("128.0", "15"),
        UPDATED,
    ),
    browser(
        "Firefox that hides its Android",
        firefox_android("127.0", "14"),
        firefox_android("128.0", "10"),
        UPDATED,
    ),
    browser("the owner's browser sent no agent, twice", "", "", KNOWN),
    browser("no agent, then a browser", "", CHROME, NEW),
    browser("a browser, then no agent", CHROME, "", NEW),
    install(
        "a foldable is a tablet when unfolded",
        chrome_android("126.0.0.0"),
        chrome_android("126.0.0.0", form=""),
        KNOWN,
    ),
    Pair("a browser, then an install", Login(CHROME), Login(CHROME, "web-1"), NEW),
    Pair(
        "a browser that keeps an install id, updated",
        Login(CHROME, "web-1"),
        Login(chrome_computer("127.0.0.0", WINDOWS), "web-1"),
        UPDATED,
    ),
    Pair(
        "a browser whose storage was cleared",
        Login(CHROME, "web-1"),
        Login(CHROME, "web-2"),
        NEW,
        reinstall=True,
    ),
]
