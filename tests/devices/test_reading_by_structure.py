"""Agents are read by their parts (product, comment, fields), and by nothing that merely looks like one."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from secmon.devices.labels import label
from secmon.devices.recognition import KnownDevice, recognise
from secmon.devices.traits import DeviceClass, System
from secmon.devices.user_agents import UserAgentReader
from secmon.risk.login import Recognition
from tests.devices import agents

READER = UserAgentReader()
PRODUCTS = st.from_regex(r"[A-Za-z]{1,12}(Android|ANDROID|iOS|Linux)[A-Za-z]{0,8}", fullmatch=True)
FINE = (Recognition.KNOWN, Recognition.UPDATED)


@given(PRODUCTS)
def test_a_products_name_is_no_system(product: str) -> None:
    traits = UserAgentReader(app_products=()).read(
        f"{product}/5.1 (Linux; U; Android 13; SM-S918B Build/TP1A)"
    )
    assert (traits.system, traits.system_version, traits.model) == (System.ANDROID, (13,), "SM-S918B")


@pytest.mark.parametrize(
    "agent",
    [
        "acme-X9/2.0 Linux/3.4 Android/4.4 Release/01.02.2015 (KHTML, like Gecko)",
        "Foo/1 HW/Bar Android/6 (MRA58K)",
    ],
)
def test_what_has_no_fields_names_no_model_and_no_version(agent: str) -> None:
    traits = READER.read(agent)
    assert traits.model is None
    assert traits.system_version == ()


@pytest.mark.parametrize("android", ["12", "9"])
def test_brackets_may_be_missing(android: str) -> None:
    traits = READER.read(
        f"Mozilla/5.0 Linux; Android {android}; SM-A7050 AppleWebKit/537.36 Chrome/90.0 Mobile Safari"
    )
    assert (traits.brand, traits.model) == ("Samsung", "SM-A7050")


@pytest.mark.parametrize("frozen", ["18_6", "18_7", "18_7_2"])
@pytest.mark.parametrize("known", ["18.6", "18.7.1", "26.0", "26.4", "27.1"])
def test_a_frozen_version_contradicts_no_later_one(frozen: str, known: str) -> None:
    native = READER.read(agents.app("5.12.0", f"iOS {known}", "iPhone17,3"))
    view = READER.read(agents.ios_browser(frozen, "UWallet/5.12.0"))
    assert recognise(view, "ins-1", [KnownDevice("key", "ins-1", native)]).recognition in FINE


@pytest.mark.parametrize(
    ("agent", "version"),
    [
        (agents.ios_browser("18_6", "Version/26.2 OPT/6.1"), (26, 2)),
        (agents.ios_browser("18_7", "CriOS/141.0"), ()),
        (agents.ios_browser("18_7", "Version/18.7"), (18, 7)),
        (agents.ios_browser("17_5", "CriOS/126.0"), (17, 5)),
        (agents.wechat_ios("8.0.60", "18_7") + ";acme/2.0/iOS/26.3", (26, 3)),
        (agents.cfnetwork("512", "25.1.0"), (26, 1)),
        (agents.cfnetwork("512", "26.0.0"), (27,)),
        (agents.cfnetwork("512", "24.1.0"), (18, 1)),
    ],
)
def test_what_tells_ios_version(agent: str, version: tuple[int, ...]) -> None:
    assert READER.read(agent).system_version == version


def test_an_older_iphone_still_contradicts() -> None:
    native = READER.read(agents.app("5.12.0", "iOS 26.0", "iPhone17,3"))
    view = READER.read(agents.ios_browser("17_5", "UWallet/5.12.0"))
    assert recognise(view, "i", [KnownDevice("key", "i", native)]).recognition is Recognition.MISMATCHED


@pytest.mark.parametrize("model", ["SM-F946B", "PKT110", "ALT-AL00"])
def test_a_foldable_is_one_device_open_and_shut(model: str) -> None:
    shut = READER.read(agents.chrome_android("110.0.0.0", f"Android 13; {model}"))
    opened = READER.read(agents.chrome_android("110.0.0.0", f"Android 13; {model}", form=""))
    assert recognise(opened, None, [KnownDevice("key", None, shut)]).recognition in FINE
    assert recognise(shut, None, [KnownDevice("key", None, opened)]).recognition in FINE


def test_a_tablet_that_names_no_model_is_no_phone() -> None:
    phone = READER.read(agents.chrome_android("126.0.0.0"))
    tablet = READER.read(agents.chrome_android("126.0.0.0", form=""))
    assert recognise(tablet, None, [KnownDevice("key", None, phone)]).recognition is Recognition.NEW


def test_an_app_whose_name_is_percent_encoded() -> None:
    reader = UserAgentReader(app_products=("U钱包",))
    traits = reader.read("U%E9%92%B1%E5%8C%85/1204 CFNetwork/3860.100.1 Darwin/25.0.0")
    assert (traits.client, traits.system_version) == ("U钱包", (26,))


@given(st.text(max_size=30), st.integers(1, 3))
def test_what_is_encoded_twice_or_hides_controls_names_no_wallet(rest: str, times: int) -> None:
    name = "".join(f"%{ord(letter):02X}" for letter in "UWallet")
    for _ in range(times):
        name = name.replace("%", "%25")
    traits = READER.read(f"{name}{rest}/1204 CFNetwork/3860.100.1 Darwin/25.0.0")
    assert traits.client != "UWallet"
    assert not traits.own_format


@pytest.mark.parametrize(
    "agent", ["A%00B%0D%0AC/1 CFNetwork/1568.1 Darwin/24.0.0", "%FF%FE/2 CFNetwork/1 Darwin/24.0"]
)
def test_a_decoded_name_is_printable(agent: str) -> None:
    assert READER.read(agent).client.isprintable()


@pytest.mark.parametrize("package", ["com.example.wallet", "de.bank.mobile.app", "org.x-y.z.Main"])
def test_a_package_is_shown_as_an_app(package: str) -> None:
    shown = label(READER.read(f"{package}/22.1 (Linux; U; Android 14; en_US; Pixel 8; Build/UP1A)"))
    assert package not in shown
    assert shown.endswith("· an app")


@pytest.mark.parametrize(
    ("agent", "automated"),
    [
        ("fasthttp", True),
        ("ureq/2.9", True),
        ("HTTPie/3.2", True),
        ("Typhoeus - https://github.com/typhoeus/typhoeus", True),
        ("python-requests/2.31.0", True),
        ("Mozilla/5.0 (linux) AppleWebKit/537.36 (KHTML, like Gecko) jsdom/22.1.0", True),
        ("Mozilla/5.0 (compatible; SomeBot/1.0; +https://example.com/bot)", True),
        ("facebookexternalhit/1.1 (+http://www.facebook.com/externalhit_uatext.php)", True),
        (
            "Mozilla/5.0 (Windows NT 10.0; Win64; x64; Robotics Lab Botanica) Gecko/20100101 Firefox/140.0",
            False,
        ),
        (
            "Mozilla/5.0 (X11; Linux x86_64) whatsapp-desktop-linux/1.2 Chrome/120.0 Safari",
            False,
        ),
        ("Requestly/1.2", False),
        ("Javelin/4", False),
        ("Gotham/2", False),
    ],
)
def test_scripts_by_family_and_people_left_alone(agent: str, automated: bool) -> None:
    assert READER.read(agent).automation is automated


@pytest.mark.parametrize(
    "agent",
    [
        "Mozilla/5.0 (Linux; Android 12; Quest 3) OculusBrowser/30.0 Chrome/120.0 VR Safari/537.36",
        "Mozilla/5.0 (Linux; Android 11; BRAVIA 4K VH2 Build/RTT2) Chrome/100.0 Safari/537.36",
        "Mozilla/5.0 (Linux; Android 9; AFTMM Build/PS7233) Chrome/90.0 Mobile Safari/537.36",
        "Mozilla/5.0 (Web0S; Linux/SmartTV) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/87.0 Safari/537.36",
    ],
)
def test_a_screen_on_a_wall_is_no_phone_tablet_or_computer(agent: str) -> None:
    assert READER.read(agent).device_class is DeviceClass.OTHER


@pytest.mark.parametrize("filler", ["A", "(", "(;", "%", "%41", "\0", "MZ-", "1234", "中"])
@pytest.mark.parametrize("size", [1024, 4096, 65536])
def test_long_agents_are_read_and_confirm_nothing(filler: str, size: int) -> None:
    long = (filler * size)[:size]
    known = READER.read(agents.app("5.12.0", "Android 14", agents.XIAOMI))
    for agent in (long, f"Mozilla/5.0 (Linux; Android 14; {long}", f"UWallet/5 ({long}"):
        recognised = recognise(READER.read(agent), "ins-1", [KnownDevice("key", "ins-1", known)])
        assert recognised.recognition is Recognition.MISMATCHED


def test_no_control_character_confirms_a_device() -> None:
    known = READER.read(agents.app("5.12.0", "Android 14", agents.XIAOMI))
    agent = agents.app("5.12.0", "Android 14", agents.XIAOMI).replace("UWallet", "UWallet\0")
    assert recognise(READER.read(agent), "i", [KnownDevice("key", "i", known)]).recognition not in FINE
