"""A device's name as its owner would know it. Plain text: whoever shows it on a page must escape it."""

from secmon.devices.apple_hardware import APPLE_NAMES
from secmon.devices.traits import UNREAD, DeviceClass, System, Traits
from secmon.devices.versions import Version

# The column that holds a label.
LONGEST_LABEL = 80

_CHINESE = {
    "Unknown device": "未知设备",
    "Automated client": "自动化程序",
    "Unknown phone": "未知手机",
    "Unknown tablet": "未知平板",
    "Phone": "手机",
    "Tablet": "平板",
    "Computer": "电脑",
    "Apple device": "苹果设备",
    "Mac or iPad": "Mac 或 iPad",
    "360 Browser": "360 浏览器",
    "Alipay": "支付宝",
    "Android Browser": "安卓浏览器",
    "DingTalk": "钉钉",
    "HeyTap Browser": "欢太浏览器",
    "Huawei Browser": "华为浏览器",
    "MIUI Browser": "小米浏览器",
    "QQ Browser": "QQ 浏览器",
    "Quark": "夸克",
    "Samsung Internet": "三星浏览器",
    "Sogou Browser": "搜狗浏览器",
    "UC Browser": "UC 浏览器",
    "vivo Browser": "vivo 浏览器",
    "WeChat": "微信",
    "WeCom": "企业微信",
    "In-app browser": "应用内浏览器",
}

# What an app's own web view or networking library calls itself is no name an owner knows.
_CLIENTS = {"WebView": "In-app browser", "ArkWeb": "In-app browser", "Dalvik": "In-app browser"}


def label(traits: Traits, locale: str = "en", *, hardware: str | None = None) -> str:
    """At most 80 characters: "Xiaomi 2201123C · Android 14 · UWallet 5"; in Chinese for any `zh` locale.

    `hardware` stands for what the traits say of it.
    """
    said = [_translated(hardware or _hardware(traits), locale)]
    if traits.system is not System.OTHER:
        said.append(_system(traits))
    if traits.client in _CLIENTS:
        # The engine's version would be taken for the app's.
        said.append(_translated(_CLIENTS[traits.client], locale))
    elif traits.client != UNREAD:
        said.append(_with_major(_translated(traits.client, locale), traits.client_version))
    return " · ".join(said)[:LONGEST_LABEL]


def _hardware(traits: Traits) -> str:
    if traits.automation:
        return "Automated client"
    if traits.model in APPLE_NAMES:
        return APPLE_NAMES[traits.model]
    if traits.model and (traits.brand is None or traits.brand == "Apple"):
        return traits.model
    if traits.brand and traits.brand != "Apple":
        return f"{traits.brand} {traits.model}" if traits.model else traits.brand
    return _kind(traits)


def _kind(traits: Traits) -> str:
    match traits.system, traits.device_class:
        case System.IOS, DeviceClass.PHONE:
            return "iPhone"
        case System.IOS, DeviceClass.TABLET:
            return "iPad"
        case System.IOS, _:
            return "Apple device"
        case System.MACOS, _:
            return "Mac or iPad" if traits.client == "Safari" else "Mac"
        case _, DeviceClass.PHONE:
            return "Phone"
        case _, DeviceClass.TABLET:
            return "Tablet"
        case _, DeviceClass.COMPUTER:
            return "Computer"
        case _:
            return "Unknown device"


def _system(traits: Traits) -> str:
    version = traits.system_version
    if traits.system is System.WINDOWS and version == (10,):
        # Browsers say "Windows NT 10.0" on both.
        return "Windows 10/11"
    if traits.system is System.MACOS and version[:1] == (10,):
        return f"macOS {'.'.join(map(str, version[:2]))}"
    return _with_major(traits.system, version)


def _with_major(name: str, version: Version) -> str:
    return f"{name} {version[0]}" if version else name


def _translated(text: str, locale: str) -> str:
    return _CHINESE.get(text, text) if locale.lower().startswith("zh") else text
