"""Headless and scripted clients, and crawlers."""

from tests.devices.agents import LINUX, WINDOWS, XIAOMI, app, chrome_android, chrome_computer
from tests.devices.pairs.pair import KNOWN, MISMATCHED, NEW, UPDATED, browser, install, second_install

APP = app("5.12.0", "Android 14", XIAOMI)
CHROME = chrome_computer("126.0.0.0", LINUX)
HEADLESS = CHROME.replace("Chrome", "HeadlessChrome")
PHANTOM = (
    "Mozilla/5.0 (Unknown; Linux x86_64) AppleWebKit/538.1 (KHTML, like Gecko) PhantomJS/2.1.1 Safari/538.1"
)
GOOGLEBOT_PHONE = chrome_android("126.0.6478.126", "Android 6.0.1; Nexus 5X Build/MMB29P") + (
    " (compatible; Googlebot/2.1; +http://www.google.com/bot.html)"
)

SCRIPTS = [
    browser("a driven browser on the owner's system", CHROME, HEADLESS, NEW),
    browser("the owner's own script again", "python-requests/2.31.0", "python-requests/2.31.0", KNOWN),
    browser("the owner's own script, updated", "python-requests/2.31.0", "python-requests/2.32.3", UPDATED),
    browser("another script", "python-requests/2.31.0", "python-httpx/0.27.0", NEW),
    browser("curl after a browser", chrome_computer("126.0.0.0", WINDOWS), "curl/8.4.0", NEW),
    browser("PhantomJS is not Chrome", CHROME, PHANTOM, NEW),
    browser("a crawler dressed as a phone", chrome_android("126.0.0.0"), GOOGLEBOT_PHONE, NEW),
    browser("a crawler again", GOOGLEBOT_PHONE, GOOGLEBOT_PHONE, KNOWN),
    install("a script with the phone's install", APP, "python-requests/2.31.0", MISMATCHED),
    install("curl with the phone's install", APP, "curl/8.4.0", MISMATCHED),
    install("the bare networking library with the phone's install", APP, "okhttp/4.12.0", MISMATCHED),
    install("a driven phone browser with the install", APP, HEADLESS, MISMATCHED),
    install("a driven browser with the browser's install", CHROME, HEADLESS, MISMATCHED),
    install("a tool of its own with the phone's install", APP, "WalletChecker/1.3", MISMATCHED),
    install("a crawler with the phone's install", APP, GOOGLEBOT_PHONE, MISMATCHED),
    install("the app's library, before the app named itself", "okhttp/4.12.0", "okhttp/4.12.0", KNOWN),
    install("the app began to name itself", "okhttp/4.12.0", APP, UPDATED),
    second_install("a script with an install of its own", APP, "Go-http-client/1.1", reinstall=False),
]
