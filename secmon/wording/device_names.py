"""What devices, apps and browsers are called that have no name of their own in one of the languages."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

from secmon.wording.languages import Words, language_of


class Nameless(StrEnum):
    """A device by its kind, where nobody knows maker and model."""

    UNKNOWN = "unknown"
    UNKNOWN_PHONE = "unknown_phone"
    UNKNOWN_TABLET = "unknown_tablet"
    AUTOMATION = "automation"
    PHONE = "phone"
    TABLET = "tablet"
    COMPUTER = "computer"
    APPLE = "apple"
    IPHONE = "iphone"
    IPAD = "ipad"
    MAC = "mac"
    MAC_OR_IPAD = "mac_or_ipad"
    APP = "app"


NAMELESS: Mapping[Nameless, Words] = {
    Nameless.UNKNOWN: ("Unknown device", "未知设备"),
    Nameless.UNKNOWN_PHONE: ("Unknown phone", "未知手机"),
    Nameless.UNKNOWN_TABLET: ("Unknown tablet", "未知平板"),
    Nameless.AUTOMATION: ("Automated client", "自动化程序"),
    Nameless.PHONE: ("Phone", "手机"),
    Nameless.TABLET: ("Tablet", "平板"),
    Nameless.COMPUTER: ("Computer", "电脑"),
    Nameless.APPLE: ("Apple device", "苹果设备"),
    Nameless.IPHONE: ("iPhone", "iPhone"),
    Nameless.IPAD: ("iPad", "iPad"),
    Nameless.MAC: ("Mac", "Mac"),
    Nameless.MAC_OR_IPAD: ("Mac or iPad", "Mac 或 iPad"),
    # What only a package's name is known of.
    Nameless.APP: ("an app", "某个应用"),
}
IN_APP_BROWSER: Words = ("In-app browser", "应用内浏览器")
# By the name that a user agent is read as; what is not here is called the same everywhere.
CLIENTS: Mapping[str, Words] = {
    # What an app's own web view or networking library calls itself is no name an owner knows.
    "WebView": IN_APP_BROWSER,
    "ArkWeb": IN_APP_BROWSER,
    "Dalvik": IN_APP_BROWSER,
    "360 Browser": ("360 Browser", "360 浏览器"),
    "Alipay": ("Alipay", "支付宝"),
    "Android Browser": ("Android Browser", "安卓浏览器"),
    "DingTalk": ("DingTalk", "钉钉"),
    "2345 Browser": ("2345 Browser", "2345 浏览器"),
    "Baidu": ("Baidu", "百度"),
    "Baidu Browser": ("Baidu Browser", "百度浏览器"),
    "Bilibili": ("Bilibili", "哔哩哔哩"),
    "Douyin": ("Douyin", "抖音"),
    "Honor Browser": ("Honor Browser", "荣耀浏览器"),
    "JD": ("JD", "京东"),
    "Liebao Browser": ("Liebao Browser", "猎豹浏览器"),
    "Meizu Browser": ("Meizu Browser", "魅族浏览器"),
    "OPPO Browser": ("OPPO Browser", "OPPO 浏览器"),
    "Toutiao": ("Toutiao", "今日头条"),
    "Weibo": ("Weibo", "微博"),
    "Xiaohongshu": ("Xiaohongshu", "小红书"),
    "HeyTap Browser": ("HeyTap Browser", "欢太浏览器"),
    "Huawei Browser": ("Huawei Browser", "华为浏览器"),
    "MIUI Browser": ("MIUI Browser", "小米浏览器"),
    "QQ Browser": ("QQ Browser", "QQ 浏览器"),
    "Quark": ("Quark", "夸克"),
    "Samsung Internet": ("Samsung Internet", "三星浏览器"),
    "Sogou Browser": ("Sogou Browser", "搜狗浏览器"),
    "UC Browser": ("UC Browser", "UC 浏览器"),
    "vivo Browser": ("vivo Browser", "vivo 浏览器"),
    "WeChat": ("WeChat", "微信"),
    "WeCom": ("WeCom", "企业微信"),
}


def nameless(kind: Nameless, locale: str) -> str:
    """A device by its kind."""
    return NAMELESS[kind][language_of(locale)]


def client(name: str, locale: str) -> str:
    """An app or a browser."""
    return CLIENTS[name][language_of(locale)] if name in CLIENTS else name


def is_within_an_app(name: str) -> bool:
    """Whether that is what an app uses to show pages, and no browser that its owner would name."""
    return CLIENTS.get(name) is IN_APP_BROWSER
