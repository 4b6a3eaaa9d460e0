"""What is read from a user agent, whoever sends it."""

import pytest

from secmon.devices.traits import DeviceClass, System, Traits
from secmon.devices.user_agents import UserAgentReader
from tests.devices import agents

READER = UserAgentReader()


def read(user_agent: str) -> Traits:
    return READER.read(user_agent)


def test_the_wallets_own_app_is_read_whole() -> None:
    assert read("UWallet/5.12.0 (Android 14; Xiaomi 2201123C; zh_CN)") == Traits(
        System.ANDROID, (14,), "Xiaomi", "2201123C", "UWallet", (5, 12), DeviceClass.PHONE
    )


def test_the_wallets_app_on_ios_names_its_hardware() -> None:
    assert read("UWallet/5.12.0 (iOS 17.5.1; iPhone15,2; zh_CN)") == Traits(
        System.IOS, (17, 5, 1), "Apple", "iPhone15,2", "UWallet", (5, 12), DeviceClass.PHONE
    )


def test_product_names_are_the_operators() -> None:
    reader = UserAgentReader(app_products=("My.Pay+", "MyPay Lite"))
    assert reader.read("My.Pay+/2.1 (Android 14; OPPO PEGM00)").client == "My.Pay+"
    assert reader.read("MyPay Lite/2.1 (HarmonyOS 4.2; HUAWEI ALN-AL00)").client == "MyPay Lite"
    assert reader.read("UWallet/5.12.0 (Android 14; Xiaomi 2201123C)").client != "My.Pay+"


def test_a_service_without_an_app_reads_browsers() -> None:
    assert UserAgentReader(app_products=()).read(agents.safari_mac("17.5")).client == "Safari"


@pytest.mark.parametrize("user_agent", ["", " ", "\0", "?", "<script>alert(1)</script>", "Mozilla/5.0"])
def test_what_nobody_can_read_says_nothing(user_agent: str) -> None:
    assert read(user_agent).says_nothing


@pytest.mark.parametrize(
    ("user_agent", "client", "version"),
    [
        (agents.wechat_android("8.0.47.2560", "Android 13; 2201123C Build/T"), "WeChat", (8, 0, 47, 2560)),
        (agents.wechat_ios("8.0.48", "17_4"), "WeChat", (8, 0, 48)),
        (agents.wechat_ios("7.0.1", "17_4").replace("MicroM", "wxwork/4.1.22 MicroM"), "WeCom", (4, 1, 22)),
        (agents.alipay_android("10.5.30.8000", "Android 12; zh-CN; PEGM00"), "Alipay", (10, 5, 30, 8000)),
        (agents.alipay_ios("10.5.36.6000", "16_6"), "Alipay", (10, 5, 36, 6000)),
        (agents.chinese_browser("Quark/6.8.5.441", "12", "V2148A"), "Quark", (6, 8, 5, 441)),
        (agents.chinese_browser("MQQBrowser/13.6", "12", "V2148A"), "QQ Browser", (13, 6)),
        (agents.chinese_browser("UCBrowser/15.5.6.1224", "12", "V2148A"), "UC Browser", (15, 5, 6, 1224)),
        (agents.chinese_browser("XiaoMi/MiuiBrowser/17.5", "12", "V2148A"), "MIUI Browser", (17, 5)),
        (agents.huawei_browser("15.0.4.312", "Android 12", "NOH-AN00"), "Huawei Browser", (15, 0, 4, 312)),
        (agents.app_web_view("5.12.0", "14", "2201123C"), "UWallet", (5, 12)),
        (agents.edge("126.0.0.0", agents.WINDOWS), "Edge", (126,)),
        (agents.firefox("127.0", agents.LINUX), "Firefox", (127,)),
        (agents.safari_iphone("17_5_1", "17.5"), "Safari", (17, 5)),
        (agents.ios_browser("17_5", "CriOS/126.0.6478.54"), "Chrome", (126, 0, 6478, 54)),
        (agents.chrome_computer("126.0.0.0", agents.WINDOWS, " OPR/111.0.0.0"), "Opera", (111,)),
        (
            agents.chrome_android("126.0.0.0").replace("Chrome", "SamsungBrowser/26.0 Chrome"),
            "Samsung Internet",
            (26,),
        ),
        ("Mozilla/4.0 (compatible; MSIE 8.0; Windows NT 6.1; Trident/4.0)", "IE", (8,)),
        ("curl/8.4.0", "curl", (8, 4)),
    ],
)
def test_apps_and_browsers_by_name(user_agent: str, client: str, version: tuple[int, ...]) -> None:
    traits = read(user_agent)
    assert (traits.client, traits.client_version) == (client, version)


@pytest.mark.parametrize(
    ("user_agent", "system", "device_class"),
    [
        (agents.chrome_computer("126.0.0.0", agents.WINDOWS), System.WINDOWS, DeviceClass.COMPUTER),
        (agents.chrome_computer("126.0.0.0", agents.MAC), System.MACOS, DeviceClass.COMPUTER),
        (agents.chrome_computer("126.0.0.0", agents.LINUX), System.LINUX, DeviceClass.COMPUTER),
        (agents.chrome_computer("126.0.0.0", agents.CHROMEBOOK), System.CHROMEOS, DeviceClass.COMPUTER),
        (agents.firefox("127.0", "X11; Fedora; Linux x86_64"), System.LINUX, DeviceClass.COMPUTER),
        (agents.chrome_android("126.0.0.0"), System.ANDROID, DeviceClass.PHONE),
        (agents.chrome_android("126.0.0.0", form=""), System.ANDROID, DeviceClass.TABLET),
        (agents.safari_iphone("17_5", "17.5"), System.IOS, DeviceClass.PHONE),
        (agents.safari_ipad("17_5", "17.5"), System.IOS, DeviceClass.TABLET),
        (agents.cfnetwork("512", "23.4.0"), System.IOS, DeviceClass.OTHER),
        (agents.arkweb("5.0"), System.HARMONYOS, DeviceClass.PHONE),
        (agents.arkweb("5.0", kind="Tablet"), System.HARMONYOS, DeviceClass.TABLET),
        (agents.arkweb("5.0; HarmonyOS 5.0", kind="PC"), System.HARMONYOS, DeviceClass.COMPUTER),
        (
            agents.huawei_browser("15.0", "Android 12; HarmonyOS", "ALN-AL00"),
            System.HARMONYOS,
            DeviceClass.PHONE,
        ),
        (agents.app("5.12", "HarmonyOS 4.2", "HUAWEI MatePad Pro"), System.HARMONYOS, DeviceClass.TABLET),
        (agents.app("5.12", "iPadOS 17.5", "iPad13,4"), System.IOS, DeviceClass.TABLET),
        (agents.app("5.12", "Windows 11", "Lenovo 21CB"), System.WINDOWS, DeviceClass.COMPUTER),
        ("UWallet/5.12.0 (iPhone; iOS 17.5.1; Scale/3.00)", System.IOS, DeviceClass.PHONE),
        ("UWallet/5.12.0 (iPad; iOS 17.5.1; Scale/2.00)", System.IOS, DeviceClass.TABLET),
        ("UWallet/5.12 (iOS 17.5)", System.IOS, DeviceClass.OTHER),
        ("Dalvik/2.1.0 (Linux; U; Android 13; 2201123C Build/TKQ1)", System.ANDROID, DeviceClass.PHONE),
        ("Mozilla/5.0 (SMART-TV; Linux; Tizen 6.5) AppleWebKit/537.36", System.OTHER, DeviceClass.OTHER),
    ],
)
def test_systems_and_classes(user_agent: str, system: System, device_class: DeviceClass) -> None:
    traits = read(user_agent)
    assert (traits.system, traits.device_class) == (system, device_class)


@pytest.mark.parametrize(
    ("user_agent", "model"),
    [
        (agents.chrome_android("126.0.0.0"), None),
        (agents.firefox_android("127.0", "14"), None),
        (agents.safari_iphone("17_5", "17.5"), None),
        (agents.chrome_android("109.0.0.0", "Android 13; SM-S918B"), "SM-S918B"),
        (agents.chrome_android("109.0.0.0", "Android 10; moto g(7) power"), "moto g(7) power"),
        (agents.chrome_android("109.0.0.0", "Android 9; Lenovo TB-J606F Build/P"), "TB-J606F"),
        (agents.chinese_browser("Quark/6.8.5.441", "12", "Redmi Note 8"), "Redmi Note 8"),
        (agents.app("5.12", "Android 9", "vivo vivo X9"), "X9"),
        (agents.app("5.12", "Android 9", "Doogee S100"), "S100"),
        (agents.app("5.12", "Android 9", "Xiaomi Redmi Note 8"), "Redmi Note 8"),
        (agents.app("5.12", "Android 14", "HUAWEI"), None),
        (agents.app("5.12", "Android 14", "x" * 500), "x" * 48),
    ],
)
def test_models(user_agent: str, model: str | None) -> None:
    assert read(user_agent).model == model


@pytest.mark.parametrize(
    "user_agent",
    [
        "curl/8.4.0",
        "python-requests/2.31.0",
        "python-httpx/0.27.0",
        "Python-urllib/3.11",
        "aiohttp/3.9",
        "okhttp/4.12.0",
        "Go-http-client/1.1",
        "Java/17.0.1",
        "Apache-HttpClient/4.5.13 (Java/17.0.1)",
        "axios/1.6.0",
        "node-fetch/1.0",
        "PostmanRuntime/7.37.0",
        "Scrapy/2.11.1 (+https://scrapy.org)",
        agents.chrome_computer("126.0.0.0", agents.LINUX).replace("Chrome", "HeadlessChrome"),
        "Mozilla/5.0 (Unknown; Linux x86_64) AppleWebKit/538.1 PhantomJS/2.1.1 Safari/538.1",
        agents.app_web_view("5.12.0", "14", "2201123C").replace("Chrome", "HeadlessChrome"),
        "Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 Chrome/126.0.0.0 Safari/537.36 Selenium/4.21",
        "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)",
        "Mozilla/5.0 (compatible; Baiduspider/2.0; +http://www.baidu.com/search/spider.html)",
    ],
)
def test_scripts_and_bots_are_automation(user_agent: str) -> None:
    traits = read(user_agent)
    assert traits.automation
    assert traits.device_class is DeviceClass.BOT


@pytest.mark.parametrize(
    "user_agent",
    [
        "UWallet/5.12.0 okhttp/4.12.0",
        "UWallet/5.12.0 (Android 14; Xiaomi 2201123C; zh_CN) okhttp/4.12.0",
        agents.chrome_android("109.0.0.0", "Android 7.0; CUBOT NOTE Plus"),
        agents.app_web_view("5.12.0", "14", "2201123C"),
        "",
    ],
)
def test_the_app_and_phones_are_no_automation(user_agent: str) -> None:
    assert not read(user_agent).automation


def test_frozen_versions_say_nothing() -> None:
    assert read(agents.chrome_android("126.0.0.0")).system_version == ()
    assert read(agents.safari_mac("17.5")).system_version == ()
    assert read(agents.chrome_computer("126.0.0.0", agents.CHROMEBOOK)).system_version == ()
    assert read(agents.chrome_android("109.0.0.0", "Android 10; SM-S918B")).system_version == (10,)
    assert read(agents.safari_iphone("18_6", "26.1")).system_version == (26, 1)
