"""The wallet's app on Android."""

from tests.devices.agents import XIAOMI, app, app_web_view, chrome_android
from tests.devices.pairs.pair import KNOWN, MISMATCHED, NEW, UPDATED, Login, Pair, install, second_install

FIRST = app("5.12.0", "Android 14", XIAOMI)
CODE_ALONE = (
    "Mozilla/5.0 (Linux; Android 12; 22101316C Build/TKQ1; wv) AppleWebKit/537.36 (KHTML, like Gecko) "
    "Version/4.0 Chrome/116.0.0.0 Mobile Safari/537.36"
)

ANDROID_APPS = [
    install("the same login again", FIRST, FIRST, KNOWN),
    install("the app's patch release", FIRST, app("5.12.1", "Android 14", XIAOMI), UPDATED),
    install(
        "5.9 to 5.12 is an update: numbers, not text", app("5.9.0", "Android 14", XIAOMI), FIRST, UPDATED
    ),
    install("the app's next major release", FIRST, app("6.0.0", "Android 14", XIAOMI), UPDATED),
    install("two releases skipped", FIRST, app("7.3.2", "Android 14", XIAOMI), UPDATED),
    install("a beta of the next release", FIRST, app("5.13.0-beta.1", "Android 14", XIAOMI), UPDATED),
    install("5.12 and 5.12.0 are one version", FIRST, app("5.12", "Android 14", XIAOMI), KNOWN),
    install("a system update", FIRST, app("5.12.0", "Android 15", XIAOMI), UPDATED),
    install("a minor system update", FIRST, app("5.12.0", "Android 14.1", XIAOMI), UPDATED),
    install("system and app updated on one day", FIRST, app("5.13.0", "Android 15", XIAOMI), UPDATED),
    install(
        "system updated, and the app's event came late", FIRST, app("5.11.0", "Android 15", XIAOMI), UPDATED
    ),
    install("two system versions on", FIRST, app("5.14.0", "Android 16", XIAOMI), UPDATED),
    install("the owner changed the language", FIRST, FIRST.replace("zh_CN", "en_GB"), KNOWN),
    install("a language with its script", FIRST, FIRST.replace("zh_CN", "zh-Hans-CN"), KNOWN),
    install("the app stopped sending the language", FIRST, FIRST.replace("; zh_CN", ""), KNOWN),
    install("the app writes its name in capitals now", FIRST, FIRST.replace("UWallet", "UWALLET"), KNOWN),
    install("the maker in capitals", FIRST, app("5.12.0", "Android 14", "XIAOMI 2201123C"), KNOWN),
    install("the model in small letters", FIRST, app("5.12.0", "Android 14", "Xiaomi 2201123c"), KNOWN),
    install(
        "only the maker told, and it is another", FIRST, "UWallet/5.12.0 (Android 14; HUAWEI)", MISMATCHED
    ),
    install("the app leaves out the maker now", FIRST, app("5.12.0", "Android 14", "2201123C"), KNOWN),
    install(
        "makers who repeat their name in the model",
        app("5.12.0", "Android 9", "vivo vivo X9"),
        app("5.13.0", "Android 9", "vivo X9"),
        UPDATED,
    ),
    install(
        "a model of several words",
        app("5.12.0", "Android 13", "Xiaomi Redmi Note 12"),
        app("5.12.0", "Android 14", "Xiaomi Redmi Note 12"),
        UPDATED,
    ),
    install("a page inside the app", FIRST, app_web_view("5.12.0", "14", "2201123C"), KNOWN),
    install(
        "a page inside the app, which was updated", FIRST, app_web_view("5.13.0", "14", "2201123C"), UPDATED
    ),
    install(
        "the web view under the page was updated; the app was not",
        app_web_view("5.12.0", "14", "2201123C"),
        app_web_view("5.12.0", "14", "2201123C", chrome="131.0.6778.39"),
        KNOWN,
    ),
    install("a late event from before the app's update", app("5.13.0", "Android 14", XIAOMI), FIRST, KNOWN),
    install(
        "a late event from before the app's major update", app("6.0.0", "Android 14", XIAOMI), FIRST, KNOWN
    ),
    install("a late event from before a minor update", app("5.12.0", "Android 14.1", XIAOMI), FIRST, KNOWN),
    install("the networking product alone, no handset", FIRST, "UWallet/5.12.0 okhttp/4.12.0", MISMATCHED),
    install("the app's name alone, no handset", FIRST, "UWallet/5.12.0", MISMATCHED),
    install("the app's name alone, as ever", "UWallet/5.12.0", "UWallet/5.12.0 okhttp/4.12.0", KNOWN),
    install("the app's name alone; now the handset is told", "UWallet/5.12.0", FIRST, UPDATED),
    install("the networking product appended", FIRST, f"{FIRST} okhttp/4.12.0", KNOWN),
    install("no model this time", FIRST, "UWallet/5.12.0 (Android 14)", MISMATCHED),
    install("the model told for the first time", "UWallet/5.12.0 (Android 14)", FIRST, KNOWN),
    install("no agent at all this time", FIRST, "", MISMATCHED),
    install("an agent that nobody can read", FIRST, "?", MISMATCHED),
    install("a browser's first word and nothing else", FIRST, "Mozilla/5.0", MISMATCHED),
    install("an install that never sent an agent", "", "", KNOWN),
    install("no agent this time; before, the app without its handset", "UWallet/5.12.0", "", KNOWN),
    install("the first agent was empty; now it is told", "", FIRST, UPDATED),
    install("a browser of the same phone shares the install", FIRST, chrome_android("126.0.0.0"), KNOWN),
    install("an older major system", FIRST, app("5.12.0", "Android 13", XIAOMI), MISMATCHED),
    install("an older system under a newer app", FIRST, app("6.0.0", "Android 10", XIAOMI), MISMATCHED),
    install("another model of the make", FIRST, app("5.12.0", "Android 14", "Xiaomi 23127PN0CC"), MISMATCHED),
    install(
        "a migration tool copied the app", FIRST, app("5.12.0", "Android 15", "HONOR PGT-AN10"), MISMATCHED
    ),
    install(
        "another model in the page's web view", FIRST, app_web_view("5.12.0", "14", "PEGM00"), MISMATCHED
    ),
    second_install("the app was reinstalled", FIRST, FIRST, reinstall=True),
    second_install(
        "reinstalled in a newer release", FIRST, app("5.13.0", "Android 14", XIAOMI), reinstall=True
    ),
    second_install("a reset with a newer system", FIRST, app("6.0", "Android 15", XIAOMI), reinstall=True),
    second_install(
        "a second phone of the same model", FIRST, FIRST.replace("zh_CN", "zh_TW"), reinstall=True
    ),
    second_install(
        "another phone of the make", FIRST, app("5.12.0", "Android 14", "Xiaomi M2102K1AC"), reinstall=False
    ),
    second_install(
        "a phone of another make", FIRST, app("5.12.0", "Android 14", "OPPO PEGM00"), reinstall=False
    ),
    second_install(
        "a model with a longer name", FIRST, app("5.12.0", "Android 14", f"{XIAOMI} Pro"), reinstall=False
    ),
    second_install(
        "no model told on either", "UWallet/5 (Android 14)", "UWallet/5 (Android 14)", reinstall=False
    ),
    second_install("the model is left out", FIRST, "UWallet/5.12.0 (Android 14)", reinstall=True),
    second_install("left out in an app of iPhones", FIRST, "UWallet/5.12.0 (iOS 17.1)", reinstall=False),
    second_install("left out in another app", FIRST, "OtherApp/5.12.0 (Android 14)", reinstall=False),
    second_install(
        "a tablet of the make", FIRST, app("5.12.0", "Android 14", "Xiaomi Pad 6"), reinstall=False
    ),
    Pair("the id is gone; the app is no browser", Login(FIRST, "ins-1"), Login(FIRST), NEW, reinstall=True),
    Pair(
        "a browser on the phone that has the app",
        Login(FIRST, "ins-1"),
        Login(chrome_android("130.0.0.0", "Android 14; 2201123C")),
        NEW,
    ),
    Pair(
        "the app names its install from now on",
        Login(FIRST),
        Login(FIRST, "ins-1"),
        NEW,
        reinstall=True,
    ),
    Pair("an install id is not folded", Login(FIRST, "ins-1"), Login(FIRST, "INS-1"), NEW, reinstall=True),
    # Brand and model say "Redmi 22101316C" where a web view says the code alone.
    install(
        "a line's name before the code", app("5.12.0", "Android 12", "Redmi 22101316C"), CODE_ALONE, UPDATED
    ),
    install(
        "a line's name before another code",
        app("5.12.0", "Android 12", "Redmi 22101316G"),
        CODE_ALONE,
        MISMATCHED,
    ),
]
