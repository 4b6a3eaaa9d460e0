"""What an owner reads of a device."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from secmon.devices.labels import label
from secmon.devices.user_agents import UserAgentReader
from tests.devices import agents

READER = UserAgentReader()


@pytest.mark.parametrize(
    ("user_agent", "english", "chinese"),
    [
        (
            agents.app("5.12.0", "Android 14", agents.XIAOMI),
            "Xiaomi 2201123C · Android 14 · UWallet 5",
            "Xiaomi 2201123C · Android 14 · UWallet 5",
        ),
        (
            agents.app("5.12.0", "iOS 17.5.1", agents.IPHONE_14_PRO),
            "iPhone 14 Pro · iOS 17 · UWallet 5",
            "iPhone 14 Pro · iOS 17 · UWallet 5",
        ),
        (
            agents.app("5.12.0", "iOS 30.0", "iPhone99,1"),
            "iPhone99,1 · iOS 30 · UWallet 5",
            "iPhone99,1 · iOS 30 · UWallet 5",
        ),
        (
            agents.app("5.12.0", "iPadOS 17.5", "iPad13,4"),
            "iPad Pro 11-inch (3rd generation) · iOS 17 · UWallet 5",
            "iPad Pro 11-inch (3rd generation) · iOS 17 · UWallet 5",
        ),
        (
            agents.chrome_android("112.0.0.0", "Android 13; SM-S918B"),
            "Samsung SM-S918B · Android 13 · Chrome 112",
            "Samsung SM-S918B · Android 13 · Chrome 112",
        ),
        (
            agents.safari_iphone("17_5_1", "17.5"),
            "iPhone · iOS 17 · Safari 17",
            "iPhone · iOS 17 · Safari 17",
        ),
        (agents.safari_ipad("17_5", "17.5"), "iPad · iOS 17 · Safari 17", "iPad · iOS 17 · Safari 17"),
        (agents.safari_mac("17.5"), "Mac or iPad · macOS · Safari 17", "Mac 或 iPad · macOS · Safari 17"),
        (agents.cfnetwork("512", "23.4.0"), "Apple device · iOS 17 · UWallet", "苹果设备 · iOS 17 · UWallet"),
        (
            agents.chrome_computer("126.0.0.0", "Macintosh; Intel Mac OS X 10_14_6"),
            "Mac · macOS 10.14 · Chrome 126",
            "Mac · macOS 10.14 · Chrome 126",
        ),
        (
            agents.edge("126.0.0.0", agents.WINDOWS),
            "Computer · Windows 10/11 · Edge 126",
            "电脑 · Windows 10/11 · Edge 126",
        ),
        (agents.chrome_android("126.0.0.0"), "Phone · Android · Chrome 126", "手机 · Android · Chrome 126"),
        (
            agents.chrome_android("126.0.0.0", form=""),
            "Tablet · Android · Chrome 126",
            "平板 · Android · Chrome 126",
        ),
        (
            agents.wechat_android("8.0.47.2560", "Android 13; 2201123C Build/T"),
            "Xiaomi 2201123C · Android 13 · WeChat 8",
            "Xiaomi 2201123C · Android 13 · 微信 8",
        ),
        (
            agents.alipay_ios("10.5.36.6000", "16_6"),
            "iPhone · iOS 16 · Alipay 10",
            "iPhone · iOS 16 · 支付宝 10",
        ),
        (agents.arkweb("5.0"), "Phone · HarmonyOS 5 · In-app browser", "手机 · HarmonyOS 5 · 应用内浏览器"),
        ("curl/8.4.0", "Automated client · curl 8", "自动化程序 · curl 8"),
        ("", "Unknown device", "未知设备"),
    ],
)
def test_a_label_is_what_a_person_would_say(user_agent: str, english: str, chinese: str) -> None:
    traits = READER.read(user_agent)
    assert label(traits) == english
    assert label(traits, "zh-CN") == chinese


def test_a_long_name_is_cut() -> None:
    assert len(label(READER.read(f"{'A' * 40}/5 (Linux; Android 13; {'B' * 48})"))) == 80


def test_markup_stays_plain_text() -> None:
    traits = READER.read(agents.app("5.12.0", "Android 14", "Evil <img src=x onerror=alert(1)>"))
    assert label(traits).startswith("Evil <img src=x")


@given(st.text(st.characters(), max_size=200))
def test_a_label_fits_its_column_on_one_line(text: str) -> None:
    for user_agent in (
        text,
        f"UWallet/5 (Android 14; {text})",
        f"Mozilla/5.0 (Linux; Android 13; {text} Build/T)",
    ):
        shown = label(READER.read(user_agent), "zh-CN")
        assert 0 < len(shown) <= 80
        assert shown.isprintable()
