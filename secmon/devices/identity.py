"""Can two sets of traits belong to one device? What is unknown contradicts nothing.

`late`: what was seen happened before the device was last seen, so that older versions contradict nothing.
"""

from secmon.devices.traits import DeviceClass, System, Traits
from secmon.devices.versions import is_older_major

# HarmonyOS 2 to 4 run Android underneath, and half of their agents say so. In 5 (NEXT) no Android is left.
_HARMONYOS_NEXT = (5,)


def could_be_same(seen: Traits, known: Traits, *, late: bool = False) -> bool:
    """Can `seen`, which names the install of `known`, be that install? Apps of any version can."""
    if seen.automation and not known.automation:
        return False
    if seen.system is System.OTHER and _names_handset(known, seen):
        # A copied install id comes without its handset most easily: it alone proves nothing.
        return False
    if hides_its_model(seen, known):
        return False
    if System.OTHER in (seen.system, known.system):
        return seen.says_nothing or known.says_nothing or known.automation or seen.client == known.client
    if _is_ipad_as_mac(seen, known):
        return True
    return (
        (is_same_family(seen, known) or (late and is_same_family(known, seen)))
        and not _is_other_hardware(seen, known)
        and (late or not _is_older_system(seen, known))
    )


def is_same_client(seen: Traits, known: Traits, *, late: bool = False) -> bool:
    """Can `seen`, which names no install, be the browser `known`, grown no older?"""
    return (
        seen.client == known.client
        and seen.device_class == known.device_class
        and (is_same_family(seen, known) or (late and is_same_family(known, seen)))
        and not _is_other_hardware(seen, known)
        and (late or not _is_older(seen, known))
    )


def is_same_model(seen: Traits, known: Traits) -> bool:
    """The same model of the same system family, both named."""
    return names_same_model(seen, known) and is_same_family(seen, known)


def is_same_family(seen: Traits, known: Traits) -> bool:
    """One system family; or one Huawei phone, which an update moved from Android to HarmonyOS."""
    if seen.system is known.system:
        return True
    if not names_same_model(seen, known):
        return False
    match known.system, seen.system:
        case System.ANDROID, System.HARMONYOS:
            return True
        case System.HARMONYOS, System.ANDROID:
            return known.system_version < _HARMONYOS_NEXT
        case _:
            return False


def hides_its_model(seen: Traits, known: Traits) -> bool:
    """The wallet's own agent without a model, where one was named: an app does so always, or never."""
    return seen.own_format and known.model is not None and not seen.model


def names_same_model(seen: Traits, known: Traits) -> bool:
    """Both name a model, and it is one."""
    return bool(seen.model and known.model) and _same_name(seen.model, known.model)


def _names_handset(known: Traits, seen: Traits) -> bool:
    """The device has told of its system or model what `seen`, which tells no system, keeps to itself."""
    return known.system is not System.OTHER or known.model not in (None, seen.model)


def _is_other_hardware(seen: Traits, known: Traits) -> bool:
    if seen.model and known.model:
        return not _same_name(seen.model, known.model)
    if seen.brand and known.brand and not _same_name(seen.brand, known.brand):
        return True
    # Apple's browsers name no model, but an iPhone is no iPad. Android's class is a guess: foldables flip.
    classes = {seen.device_class, known.device_class}
    return seen.system is System.IOS and classes == {DeviceClass.PHONE, DeviceClass.TABLET}


def _is_older_system(seen: Traits, known: Traits) -> bool:
    return seen.system is known.system and is_older_major(seen.system_version, known.system_version)


def _is_older(seen: Traits, known: Traits) -> bool:
    return _is_older_system(seen, known) or is_older_major(seen.client_version, known.client_version)


def _is_ipad_as_mac(seen: Traits, known: Traits) -> bool:
    """Safari on an iPad says that it is a Mac wherever it asks for a site's desktop page."""
    one, other = sorted((seen, known), key=lambda traits: traits.system is System.MACOS)
    return (
        one.system is System.IOS
        and one.device_class is DeviceClass.TABLET
        and other.system is System.MACOS
        and one.client == other.client == "Safari"
    )


def _same_name(one: str | None, other: str | None) -> bool:
    return (one or "").casefold() == (other or "").casefold()
