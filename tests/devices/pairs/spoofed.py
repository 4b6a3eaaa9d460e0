"""A known install id on what cannot be its device, by theft or by a maker's migration tool."""

from tests.devices.agents import (
    HUAWEI,
    IPHONE_14_PRO,
    MAC,
    WINDOWS,
    XIAOMI,
    app,
    chrome_android,
    chrome_computer,
    safari_iphone,
    wechat_android,
    wechat_ios,
)
from tests.devices.pairs.pair import MISMATCHED, install

ANDROID = app("5.12.0", "Android 14", XIAOMI)
IPHONE = app("5.12.0", "iOS 17.5.1", IPHONE_14_PRO)

SPOOFED = [
    install("an Android's install on an iPhone", ANDROID, IPHONE, MISMATCHED),
    install("an iPhone's install on an Android", IPHONE, ANDROID, MISMATCHED),
    install("an Android's install on Windows", ANDROID, chrome_computer("126.0.0.0", WINDOWS), MISMATCHED),
    install("an iPhone's install on a Mac's Chrome", IPHONE, chrome_computer("126.0.0.0", MAC), MISMATCHED),
    install(
        "the app's install in an emulator",
        ANDROID,
        app("5.12.0", "Android 14", "Google sdk_gphone64_x86_64"),
        MISMATCHED,
    ),
    install(
        "an old phone that the tool copied from", ANDROID, app("5.12.0", "Android 12", XIAOMI), MISMATCHED
    ),
    install(
        "copied to the next model of the make",
        ANDROID,
        app("5.12.0", "Android 15", "Xiaomi 24129PN74C"),
        MISMATCHED,
    ),
    install("copied from Xiaomi to Huawei", ANDROID, app("5.12.0", "HarmonyOS 4.2", HUAWEI), MISMATCHED),
    install(
        "copied into WeChat on another phone",
        ANDROID,
        wechat_android("8.0.47", "Android 14; PEGM00 Build/T"),
        MISMATCHED,
    ),
    install("copied into WeChat on an iPhone", ANDROID, wechat_ios("8.0.48", "17_4_1"), MISMATCHED),
    install("copied into Safari", ANDROID, safari_iphone("17_5", "17.5"), MISMATCHED),
    install(
        "a browser's install id in another system",
        chrome_android("126.0.0.0"),
        chrome_computer("126.0.0.0", WINDOWS),
        MISMATCHED,
    ),
    install("an older iOS on the same model", IPHONE, app("5.12.0", "iOS 15.8", IPHONE_14_PRO), MISMATCHED),
]
