"""What to store of a device that showed several traits: versions only grow, gaps are filled.

Events come in late and out of order, so this is a join: merging gives the same in whatever order, and however
often, it is done. Where nothing but the order could decide, a fixed order of names does.
"""

from secmon.devices.traits import UNREAD, DeviceClass, System, Traits
from secmon.devices.versions import Version

# A later one is believed before an earlier one. HarmonyOS runs beneath what says Android, and an iPad says
# that it is a Mac; of the others, no device shows two.
_SYSTEMS = (
    System.OTHER,
    System.LINUX,
    System.WINDOWS,
    System.CHROMEOS,
    System.MACOS,
    System.IOS,
    System.ANDROID,
    System.HARMONYOS,
)
_CLASSES = (
    DeviceClass.OTHER,
    DeviceClass.BOT,
    DeviceClass.COMPUTER,
    DeviceClass.PHONE,
    DeviceClass.TABLET,
)


def merged(one: Traits, other: Traits) -> Traits:
    """The traits of a device that showed both."""
    if one == other:
        return one
    if _telling(one) != _telling(other):
        return max(one, other, key=_telling)
    system, system_version = max(_system(one), _system(other))
    client, client_version = max(_client(one), _client(other))[1:]
    return Traits(
        system=_SYSTEMS[system],
        system_version=system_version,
        brand=_named(one.brand, other.brand),
        model=_named(one.model, other.model),
        client=client,
        client_version=client_version,
        device_class=max(one.device_class, other.device_class, key=_CLASSES.index),
        automation=one.automation,
    )


def _telling(traits: Traits) -> int:
    """An agent that can be read tells more than one that cannot; a script is what an app was, until it named
    itself.
    """
    if traits.says_nothing:
        return 0
    return 1 if traits.automation else 2


def _system(traits: Traits) -> tuple[int, Version]:
    return _SYSTEMS.index(traits.system), traits.system_version


def _client(traits: Traits) -> tuple[bool, str, Version]:
    return traits.client != UNREAD, traits.client, traits.client_version


def _named(one: str | None, other: str | None) -> str | None:
    return max(filter(None, (one, other)), default=None)
