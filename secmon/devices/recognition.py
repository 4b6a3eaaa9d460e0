"""Which of the account's devices is this? Traits are compared, never strings."""

from collections.abc import Container, Sequence
from dataclasses import dataclass
from hashlib import sha256

from secmon.devices.identity import could_be_same, is_same_client, is_same_model, names_same_model
from secmon.devices.traits import UNREAD, DeviceClass, System, Traits
from secmon.devices.versions import Version
from secmon.risk.recognition import Recognition


@dataclass(frozen=True, slots=True)
class KnownDevice:
    """A device of the account. `device_id` is the wallet's install id; None for a browser, which has none."""

    device_key: str
    device_id: str | None
    traits: Traits


@dataclass(frozen=True, slots=True)
class Recognised:
    """`device_key` is the matched device's; None when a new one must be made.

    A mismatch matches nothing: what is stored of it goes under a key of its own, so that a copied `device_id`
    never writes over the real device.
    """

    recognition: Recognition
    device_key: str | None = None
    new_install_of_known_model: bool = False


def recognise(traits: Traits, device_id: str | None, known: Sequence[KnownDevice]) -> Recognised:
    """Recognise one login among the devices that its account is `known` to use; earlier ones win a draw.

    Several known devices may share a `device_id` (the phone, and the one its app was migrated to).
    """
    if not known:
        return Recognised(Recognition.FIRST)
    rivals = [device for device in known if device.device_id == device_id]
    if device_id is None:
        matches = [device for device in rivals if is_same_client(traits, device.traits)]
    else:
        matches = [device for device in rivals if could_be_same(traits, device.traits)]
    if matches:
        best = max(matches, key=lambda device: _closeness(traits, device.traits))
        return Recognised(_known_or_updated(traits, best.traits), best.device_key)
    if device_id is not None and rivals:
        return Recognised(Recognition.MISMATCHED)
    reinstalled = any(_could_be_reinstalled(traits, device_id, device) for device in known)
    return Recognised(Recognition.NEW, new_install_of_known_model=reinstalled)


def _could_be_reinstalled(traits: Traits, device_id: str | None, device: KnownDevice) -> bool:
    """A new install on a handset of this model; without an id, of an app that names its installs."""
    is_app = device_id is not None or (device.device_id is not None and traits.client == device.traits.client)
    return is_app and is_same_model(traits, device.traits)


def merged(known: Traits, seen: Traits) -> Traits:
    """What to store of a device that was recognised: versions only grow, gaps are filled, nothing is lost."""
    if known.says_nothing or (known.automation and not seen.automation):
        return seen
    named, system_version = _later_system(known, seen)
    client, client_version = known.client, known.client_version
    if client in (UNREAD, seen.client):
        client, client_version = seen.client, max(client_version, seen.client_version)
    return Traits(
        system=named.system,
        system_version=system_version,
        brand=known.brand or seen.brand,
        model=known.model or seen.model,
        client=client,
        client_version=client_version,
        device_class=seen.device_class if named.device_class is DeviceClass.OTHER else named.device_class,
        automation=known.automation,
    )


def derived_key(traits: Traits, taken: Container[str] = ()) -> str:
    """A key for a device whose client names no install: the same for the same traits, whatever the versions.

    A key in `taken` gets the next free number: of two like computers, one may have the older browser.
    """
    said = (traits.system, traits.brand, traits.model, traits.client, traits.device_class)
    digest = sha256("\0".join(part or "" for part in said).casefold().encode()).hexdigest()[:24]
    key = base = f"traits:{digest}"
    number = 1
    while key in taken:
        number += 1
        key = f"{base}:{number}"
    return key


def _later_system(known: Traits, seen: Traits) -> tuple[Traits, Version]:
    """Whose system to believe, and its version."""
    if known.system is seen.system:
        return known, max(known.system_version, seen.system_version)
    match known.system, seen.system:
        case (System.OTHER, _) | (System.ANDROID, System.HARMONYOS) | (System.MACOS, System.IOS):
            return seen, seen.system_version
        case _:
            # HarmonyOS that says Android, an iPad that says Mac, an app that says nothing of its system.
            return known, known.system_version


def _known_or_updated(seen: Traits, known: Traits) -> Recognition:
    now = merged(known, seen)
    same_system = now.system is known.system and now.system_version == known.system_version
    same = same_system and now.client_version == known.client_version
    return Recognition.KNOWN if same else Recognition.UPDATED


def _closeness(seen: Traits, known: Traits) -> tuple[bool, bool, Version, bool, Version]:
    """Orders the devices that match: the named model first, then the newest that is no newer than `seen`."""
    return (
        names_same_model(seen, known),
        known.system_version <= seen.system_version,
        known.system_version,
        known.client_version <= seen.client_version,
        known.client_version,
    )
