"""Huawei's way from Android over HarmonyOS 2 to 4, which run Android apps, to NEXT, which does not."""

from tests.devices.agents import HUAWEI, app, app_web_view, arkweb, huawei_browser, wechat_android
from tests.devices.pairs.pair import KNOWN, MISMATCHED, NEW, UPDATED, browser, install, second_install

FIRST = app("5.2", "HarmonyOS 4.2", HUAWEI)
NEXT = app("6.0", "HarmonyOS NEXT 5.0.1", HUAWEI)
ON_HARMONY = "Android 12; HarmonyOS"

HARMONY = [
    install("the app's update on HarmonyOS", FIRST, app("5.3", "HarmonyOS 4.2", HUAWEI), UPDATED),
    install(
        "HarmonyOS 2 to 3", app("5.2", "HarmonyOS 2.0", HUAWEI), app("5.2", "HarmonyOS 3.0", HUAWEI), UPDATED
    ),
    install("HarmonyOS 2 to 4", app("5.2", "HarmonyOS 2.0", HUAWEI), FIRST, UPDATED),
    install("HarmonyOS 4.0 to 4.2", app("5.2", "HarmonyOS 4.0", HUAWEI), FIRST, UPDATED),
    install("NEXT, with the install carried over", FIRST, NEXT, UPDATED),
    install("HarmonyOS 5 to 6", NEXT, app("6.0", "HarmonyOS 6.0", HUAWEI), UPDATED),
    install("Android 10 to HarmonyOS 2 by update", app("5.2", "Android 10", HUAWEI), FIRST, UPDATED),
    install("the app's page says Android 12 underneath", FIRST, app_web_view("5.2", "12", "ALN-AL00"), KNOWN),
    install(
        "the page said Android; the app says HarmonyOS", app_web_view("5.2", "12", "ALN-AL00"), FIRST, UPDATED
    ),
    install("a late event from HarmonyOS 4.0", FIRST, app("5.2", "HarmonyOS 4.0", HUAWEI), KNOWN),
    install("from NEXT there is no way back to 4", NEXT, FIRST, MISMATCHED),
    install("there is no Android under NEXT", NEXT, app("6.0", "Android 12", HUAWEI), MISMATCHED),
    install("copied to another Huawei", FIRST, app("5.2", "HarmonyOS 4.2", "HUAWEI NOH-AN00"), MISMATCHED),
    install("Android on another make", FIRST, app("5.2", "Android 14", "Xiaomi 2201123C"), MISMATCHED),
    install(
        "a model never told, another system",
        "UWallet/5.2 (HarmonyOS 4.2)",
        "UWallet/5.2 (Android 14)",
        MISMATCHED,
    ),
    install("OpenHarmony is HarmonyOS", NEXT, app("6.0", "OpenHarmony 5.0.1", HUAWEI), KNOWN),
    install("a page of the app on NEXT", NEXT, arkweb("5.0", " UWallet/6.0"), KNOWN),
    second_install("NEXT takes a new build of the app", FIRST, NEXT, reinstall=True),
    second_install(
        "reinstalled after Android became HarmonyOS", app("5.2", "Android 10", HUAWEI), FIRST, reinstall=True
    ),
    second_install("a second Huawei", FIRST, app("5.2", "HarmonyOS 4.2", "HUAWEI NOH-AN00"), reinstall=False),
    browser(
        "Huawei's browser, updated",
        huawei_browser("15.0.4.312", ON_HARMONY, "ALN-AL00"),
        huawei_browser("15.1.2.300", ON_HARMONY, "ALN-AL00"),
        UPDATED,
    ),
    browser(
        "Huawei's browser after the move to HarmonyOS",
        huawei_browser("12.0.2.300", "Android 10", "NOH-AN00"),
        huawei_browser("13.0.2.302", ON_HARMONY, "NOH-AN00"),
        UPDATED,
    ),
    browser(
        "Huawei's browser on another model",
        huawei_browser("15.0.4.312", ON_HARMONY, "ALN-AL00"),
        huawei_browser("15.0.4.312", ON_HARMONY, "NOH-AN00"),
        NEW,
    ),
    browser(
        "Huawei's browser names the maker as well",
        huawei_browser("15.0.4.312", "Android 12", "HUAWEI NOH-AN00"),
        huawei_browser("15.0.4.312", "Android 12", "NOH-AN00"),
        KNOWN,
    ),
    browser("a web view of NEXT, updated", arkweb("5.0"), arkweb("5.1"), UPDATED),
    browser("NEXT names its release as well", arkweb("5.0"), arkweb("5.0; HarmonyOS 5.0"), KNOWN),
    browser("a tablet after a phone, both NEXT", arkweb("5.0"), arkweb("5.0", kind="Tablet"), NEW),
    browser(
        "a computer after a phone, both NEXT", arkweb("5.0"), arkweb("5.0; HarmonyOS 5.0", kind="PC"), NEW
    ),
    browser(
        "WeChat on HarmonyOS 4 says Android; on NEXT it is another app",
        wechat_android("8.0.47.2560", "Android 12; ALN-AL00 Build/HUAWEIALN-AL00"),
        arkweb("5.0", " MicroMessenger/8.0.10.41(0xf3100a29) Weixin NetType/WIFI Language/zh_CN"),
        NEW,
    ),
    browser(
        "WeChat on NEXT, updated",
        arkweb("5.0", " MicroMessenger/8.0.10.41(0xf3100a29) Weixin NetType/WIFI Language/zh_CN"),
        arkweb("5.1", " MicroMessenger/8.0.12.45(0xf3100c2d) Weixin NetType/5G Language/zh_CN"),
        UPDATED,
    ),
]
