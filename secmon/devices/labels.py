"""A device's name as its owner would know it. Plain text: whoever shows it on a page must escape it."""

from secmon.devices.apple_hardware import APPLE_NAMES
from secmon.devices.programs import is_package
from secmon.devices.traits import UNREAD, DeviceClass, System, Traits, Version
from secmon.wording import device_names
from secmon.wording.device_names import Nameless
from secmon.wording.languages import ENGLISH

# The column that holds a label.
LONGEST_LABEL = 80


def label(traits: Traits, locale: str = ENGLISH, *, hardware: Nameless | None = None) -> str:
    """At most 80 characters: "Xiaomi 2201123C · Android 14 · UWallet 5"; in Chinese for any `zh` locale.

    `hardware` stands for what the traits say of it.
    """
    said = [_hardware(traits, locale) if hardware is None else device_names.nameless(hardware, locale)]
    if traits.system is not System.OTHER:
        said.append(_system(traits))
    if device_names.is_within_an_app(traits.client):
        # The engine's version would be taken for the app's.
        said.append(device_names.client(traits.client, locale))
    elif is_package(traits.client):
        said.append(device_names.nameless(Nameless.APP, locale))
    elif traits.client != UNREAD:
        said.append(_with_major(device_names.client(traits.client, locale), traits.client_version))
    return " · ".join(said)[:LONGEST_LABEL]


def _hardware(traits: Traits, locale: str) -> str:
    if traits.automation:
        return device_names.nameless(Nameless.AUTOMATION, locale)
    if traits.model in APPLE_NAMES:
        return APPLE_NAMES[traits.model]
    if traits.model and (traits.brand is None or traits.brand == "Apple"):
        return traits.model
    if traits.brand and traits.brand != "Apple":
        return f"{traits.brand} {traits.model}" if traits.model else traits.brand
    return device_names.nameless(_kind(traits), locale)


def _kind(traits: Traits) -> Nameless:
    match traits.system, traits.device_class:
        case System.IOS, DeviceClass.PHONE:
            return Nameless.IPHONE
        case System.IOS, DeviceClass.TABLET:
            return Nameless.IPAD
        case System.IOS, _:
            return Nameless.APPLE
        case System.MACOS, _:
            return Nameless.MAC_OR_IPAD if traits.client == "Safari" else Nameless.MAC
        case _, DeviceClass.PHONE:
            return Nameless.PHONE
        case _, DeviceClass.TABLET:
            return Nameless.TABLET
        case _, DeviceClass.COMPUTER:
            return Nameless.COMPUTER
        case _:
            return Nameless.UNKNOWN


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
