"""iPhones, iPads and Macs."""

from tests.devices.agents import (
    IPHONE_14_PRO,
    MAC,
    app,
    cfnetwork,
    chrome_computer,
    ios_browser,
    safari_ipad,
    safari_iphone,
    safari_mac,
)
from tests.devices.pairs.pair import KNOWN, MISMATCHED, NEW, UPDATED, browser, install, second_install

FIRST = app("5.12.0", "iOS 17.5.1", IPHONE_14_PRO)

APPLE = [
    install("the app's update on iOS", FIRST, app("5.13.0", "iOS 17.5.1", IPHONE_14_PRO), UPDATED),
    install("iOS 17.5 to 17.6", FIRST, app("5.12.0", "iOS 17.6", IPHONE_14_PRO), UPDATED),
    install("iOS 17 to 18", FIRST, app("5.12.0", "iOS 18.0", IPHONE_14_PRO), UPDATED),
    install(
        "iOS 18 to 26",
        app("5.12", "iOS 18.6", IPHONE_14_PRO),
        app("5.12", "iOS 26.0", IPHONE_14_PRO),
        UPDATED,
    ),
    install("a late event from iOS 17.5", app("5.12.0", "iOS 17.6", IPHONE_14_PRO), FIRST, KNOWN),
    install("iOS 16 on the install that ran 17", FIRST, app("5.12.0", "iOS 16.7", IPHONE_14_PRO), MISMATCHED),
    install(
        "restored onto a new iPhone from a backup", FIRST, app("5.12.0", "iOS 18.0", "iPhone17,1"), MISMATCHED
    ),
    install("the Max of the same year", FIRST, app("5.12.0", "iOS 17.5.1", "iPhone15,3"), MISMATCHED),
    install("an iPad with the iPhone's install", FIRST, app("5.12.0", "iPadOS 17.5", "iPad13,4"), MISMATCHED),
    install("a web page of the app's iPad", FIRST, safari_ipad("17_5", "17.5"), MISMATCHED),
    install("the system's networking: build number, no model", FIRST, cfnetwork("512", "23.5.0"), KNOWN),
    install("a build number is no version", cfnetwork("512", "23.5.0"), cfnetwork("530", "23.5.0"), KNOWN),
    install("the system's networking after iOS 18", FIRST, cfnetwork("512", "24.0.0"), UPDATED),
    install("the model told after the networking's agent", cfnetwork("512", "23.5.0"), FIRST, UPDATED),
    install("a copied install that names no model", FIRST, "UWallet/5.12.0 (iOS 17.5.1)", MISMATCHED),
    install(
        "a networking library's remarks", FIRST, "UWallet/5.12.0 (iPhone; iOS 17.5.1; Scale/3.00)", KNOWN
    ),
    install(
        "another networking library's remarks",
        FIRST,
        "UWallet/5.12.0 (com.uwallet.app; build:512; iOS 17.5.1) Alamofire/5.8.1",
        KNOWN,
    ),
    install("an iPad asks for the desktop's page", safari_ipad("17_5", "17.5"), safari_mac("17.5"), KNOWN),
    install("and the mobile page again", safari_mac("17.5"), safari_ipad("17_5", "17.5"), UPDATED),
    install("an iPhone never says Mac", safari_iphone("17_5", "17.5"), safari_mac("17.5"), MISMATCHED),
    install(
        "a Mac's Chrome is no iPad",
        safari_ipad("17_5", "17.5"),
        chrome_computer("126.0.0.0", MAC),
        MISMATCHED,
    ),
    second_install("the app reinstalled on the iPhone", FIRST, FIRST, reinstall=True),
    second_install(
        "a new iPhone, set up afresh", FIRST, app("5.12.0", "iOS 18.0", "iPhone17,1"), reinstall=False
    ),
    second_install("the family's iPad", FIRST, app("5.12.0", "iPadOS 17.5", "iPad13,4"), reinstall=False),
    second_install("two iPhones whose models nobody told", cfnetwork("1", "23.5.0"), FIRST, reinstall=False),
    browser("Safari again", safari_iphone("17_5_1", "17.5"), safari_iphone("17_5_1", "17.5"), KNOWN),
    browser("Safari with iOS 17.6", safari_iphone("17_5_1", "17.5"), safari_iphone("17_6", "17.6"), UPDATED),
    browser("Safari with iOS 18", safari_iphone("17_6", "17.6"), safari_iphone("18_0", "18.0"), UPDATED),
    browser(
        "iOS 26 still says 18_6", safari_iphone("18_6_2", "18.6"), safari_iphone("18_6", "26.0"), UPDATED
    ),
    browser(
        "an iPhone on iOS 17, after one on 18",
        safari_iphone("18_0", "18.0"),
        safari_iphone("17_6", "17.6"),
        NEW,
    ),
    browser("Safari on an iPad", safari_iphone("17_5", "17.5"), safari_ipad("17_5", "17.5"), NEW),
    browser("an iPad as a Mac, no install told", safari_ipad("17_5", "17.5"), safari_mac("17.5"), NEW),
    browser("Safari on a Mac, updated", safari_mac("17.5"), safari_mac("18.0"), UPDATED),
    browser("Chrome on the same Mac", safari_mac("17.5"), chrome_computer("126.0.0.0", MAC), NEW),
    browser(
        "macOS told before browsers froze it",
        chrome_computer("90.0.4430.93", "Macintosh; Intel Mac OS X 11_2_3"),
        chrome_computer("126.0.0.0", MAC),
        UPDATED,
    ),
    browser(
        "Chrome on an iPhone, a patch on",
        ios_browser("17_5", "CriOS/126.0.6478.54"),
        ios_browser("17_5", "CriOS/126.0.6478.108"),
        UPDATED,
    ),
    browser(
        "Firefox after Chrome on one iPhone",
        ios_browser("17_5", "CriOS/126.0.6478.54"),
        ios_browser("17_5", "FxiOS/127.0"),
        NEW,
    ),
    browser(
        "Edge on an iPhone, updated",
        ios_browser("17_5", "EdgiOS/125.0.2535.60"),
        ios_browser("17_5", "EdgiOS/126.0"),
        UPDATED,
    ),
]
