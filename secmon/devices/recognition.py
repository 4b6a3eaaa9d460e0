"""Which of the account's devices is this? Traits are compared, never strings."""

from __future__ import annotations

from collections.abc import Container, Sequence
from datetime import UTC, datetime
from hashlib import sha256

import msgspec
from msgspec.structs import replace

from secmon.devices.makers import makers
from secmon.devices.proven import DeviceProof, is_spent, with_used
from secmon.devices.traits import UNREAD, DeviceClass, System, Traits, Version, is_older_major, merged
from secmon.risk.login import Recognition

NEVER = datetime.min.replace(tzinfo=UTC)
LATEST = datetime.max.replace(tzinfo=UTC)
# So many devices of an account are known at a time: those that were used last.
MOST_KNOWN = 64


class KnownDevice(msgspec.Struct, frozen=True):
    """A device of the account. `device_id` is the wallet's install id; None for a browser, which has none.

    `last_seen_at`: when the latest login happened that taught it. `key_thumbprint`: the key that its logins
    have to be signed by, once it has shown one; `used_nonces`: those that it signed, the latest of them.
    `trusted` by the owner, who may have given it a `label`.
    """

    device_key: str
    device_id: str | None
    traits: Traits
    last_seen_at: datetime = NEVER
    key_thumbprint: str | None = None
    used_nonces: tuple[int, ...] = ()
    trusted: bool = False
    label: str | None = None

    def after(self, traits: Traits, occurred_at: datetime, proof: DeviceProof | None = None) -> KnownDevice:
        """The device once a login from it was learnt; the same in whatever order logins come in."""
        latest = max(self.last_seen_at, occurred_at)
        device = self.having_used(proof)
        key = self.key_thumbprint or (proof.thumbprint if proof else None)
        return replace(device, traits=merged(self.traits, traits), last_seen_at=latest, key_thumbprint=key)

    def having_used(self, proof: DeviceProof | None) -> KnownDevice:
        """The device once a proof was presented for it."""
        if proof is None:
            return self
        return replace(self, used_nonces=with_used(proof.nonce, self.used_nonces))

    def admits(self, proof: DeviceProof | None) -> bool:
        """A device that has shown a key is nothing that comes without it."""
        return self.key_thumbprint is None or self.is_proven(proof)

    def is_proven(self, proof: DeviceProof | None) -> bool:
        """By its own key, over a nonce that it has not signed before."""
        if proof is None or proof.thumbprint != self.key_thumbprint:
            return False
        return not is_spent(proof.nonce, self.used_nonces)


class Recognised(msgspec.Struct, frozen=True):
    """`device_key` is the matched device's; None when a new one must be made.

    A mismatch matches nothing: what is stored of it goes under a key of its own, so that a copied `device_id`
    never writes over the real device. `copied`: the id's device is known by its proofs, and this is none of
    them. `like_a_known_browser`: one of these has forgotten its id, or somebody uses what many use.
    """

    recognition: Recognition
    device_key: str | None = None
    new_install_of_known_model: bool = False
    copied: bool = False
    like_a_known_browser: bool = False


def recognise(
    traits: Traits,
    device_id: str | None,
    known: Sequence[KnownDevice],
    occurred_at: datetime = LATEST,
    proof: DeviceProof | None = None,
) -> Recognised:
    """Recognise one login among the devices that its account is `known` to use; earlier ones win a draw.

    An event from before a device was last seen may show older versions of it. Several known devices may
    share a `device_id` (the phone, and the one its app was migrated to). A `device_id` without the `proof`
    that its device is known to bring is a copy.
    """
    if not known:
        return Recognised(Recognition.FIRST)
    rivals = [device for device in known if device.device_id == device_id]
    could_be = is_same_client if device_id is None else could_be_same
    matches = [
        device
        for device in rivals
        if device.admits(proof) and could_be(traits, device.traits, late=occurred_at < device.last_seen_at)
    ]
    if matches:
        best = max(matches, key=lambda device: (device.is_proven(proof), *_closeness(traits, device.traits)))
        return Recognised(_known_or_updated(traits, best.traits), best.device_key)
    if device_id is not None and rivals:
        copied = not all(device.admits(proof) for device in rivals)
        return Recognised(Recognition.MISMATCHED, copied=copied)
    forgetful = any(_could_have_forgotten(traits, device_id, device) for device in known)
    reinstalled = forgetful or any(_could_be_reinstalled(traits, device_id, device) for device in known)
    return Recognised(Recognition.NEW, new_install_of_known_model=reinstalled, like_a_known_browser=forgetful)


def _could_be_reinstalled(traits: Traits, device_id: str | None, device: KnownDevice) -> bool:
    """A new install on a handset of this model; without an id, of an app that names its installs.

    An install of the same app that hides its model counts as one: leaving the model out must not pay.
    """
    same_client = traits.client == device.traits.client
    if device_id is None and not (device.device_id is not None and same_client):
        return False
    # Of one system: an app may name its models on Android alone.
    same_app = same_client and traits.system is device.traits.system
    hides = same_app and hides_its_model(traits, device.traits)
    return hides or is_same_model(traits, device.traits)


def _could_have_forgotten(traits: Traits, device_id: str | None, device: KnownDevice) -> bool:
    """A browser that names an id, another one than a like browser did."""
    return None not in (device_id, device.device_id) and is_same_browser(traits, device.traits)


def derived_key(traits: Traits, taken: Container[str] = (), device_id: str | None = None) -> str:
    """A key for a device that has none of its own: the same for the same traits, whatever the versions.

    That is one whose client names no install, or names one (`device_id`) that another handset goes by: never
    the same key for both. A key in `taken` gets the next free number: of two like computers, one may have the
    older browser.
    """
    install = () if device_id is None else (device_id,)
    said = (traits.system, traits.brand, traits.model, traits.client, traits.device_class, *install)
    digest = sha256("\0".join(part or "" for part in said).casefold().encode()).hexdigest()[:24]
    key = base = f"traits:{digest}"
    number = 1
    while key in taken:
        number += 1
        key = f"{base}:{number}"
    return key


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


# Can two sets of traits belong to one device? What is unknown contradicts nothing. `late`: what was seen
# happened before the device was last seen, so that older versions contradict nothing.

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
        and _could_be_same_class(seen, known)
        and (is_same_family(seen, known) or (late and is_same_family(known, seen)))
        and not _is_other_hardware(seen, known)
        and (late or not _is_older(seen, known))
    )


def _could_be_same_class(seen: Traits, known: Traits) -> bool:
    """A foldable is a phone and, opened, a tablet; Apple's networking says neither iPhone nor iPad."""
    if seen.device_class == known.device_class or names_same_model(seen, known):
        return True
    return seen.system is System.IOS and DeviceClass.OTHER in (seen.device_class, known.device_class)


def is_same_browser(seen: Traits, known: Traits) -> bool:
    """A browser that names no model, like one that was seen before: it may have forgotten its id."""
    nameless = seen.model is None and known.model is None and not seen.own_format
    told = seen.system is not System.OTHER and seen.client != UNREAD
    return nameless and told and not seen.automation and is_same_client(seen, known)


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
    return bool(seen.model and known.model) and _is_one_model(seen, known)


def _names_handset(known: Traits, seen: Traits) -> bool:
    """The device has told of its system or model what `seen`, which tells no system, keeps to itself."""
    return known.system is not System.OTHER or known.model not in (None, seen.model)


def _is_other_hardware(seen: Traits, known: Traits) -> bool:
    if seen.model and known.model:
        return not _is_one_model(seen, known)
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


def _is_one_model(seen: Traits, known: Traits) -> bool:
    """By one name; or by that and, in front of it, the word of a maker whom nobody knows, or of a line: an
    app that asks for brand and model says "Redmi 22101316C", where a web view says the code alone.
    """
    shorter, longer = sorted((seen, known), key=lambda traits: len(traits.model or ""))
    if _same_name(shorter.model, longer.model):
        return True
    whole = longer.model or ""
    if not whole.casefold().endswith(f" {shorter.model}".casefold()):
        return False
    return longer.brand is None or longer.brand == shorter.brand == makers().of_line(whole)


def _same_name(one: str | None, other: str | None) -> bool:
    return (one or "").casefold() == (other or "").casefold()
