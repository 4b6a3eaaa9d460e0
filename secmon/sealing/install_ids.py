"""An install's id is a bearer secret: whoever names it looks like the owner's phone. Shown is its digest.

The digest is keyed, so that nobody finds the id by trying, and names the same install on every account: staff
see that two accounts share a phone without learning what it calls itself.
"""

from __future__ import annotations

import hashlib
import hmac
import re

from secmon.sealing.keyring import KeyRing

PURPOSE = "install-ids"
# 96 bits: nobody finds two installs of one digest.
_HEX_DIGITS = 24
_REFERENCE = re.compile(rf"install:[0-9a-f]{{{_HEX_DIGITS}}}", re.ASCII)
# What `devices.recognition.derived_key` makes for a device that has no id of its own, or copied one.
_DERIVED = re.compile(rf"traits:[0-9a-f]{{{_HEX_DIGITS}}}(:[0-9]+)?", re.ASCII)


def is_reference(text: str) -> bool:
    """Whether this is a digest that was shown, and no id of an install: those may not look like it."""
    return _REFERENCE.fullmatch(text) is not None


class InstallIds:
    """Digests under the ring's primary key; those that were made under its other keys are still known."""

    def __init__(self, keys: KeyRing) -> None:
        # Keyed once, and copied for each digest.
        self._primary = _keyed(keys.derive(PURPOSE))
        self._all = [_keyed(keys.derive_from(name, PURPOSE)) for name in keys.keys]

    def shown(self, key: str) -> str:
        """What a device's key is shown as; a digest, and a key that names no install, as they are."""
        if is_reference(key) or _DERIVED.fullmatch(key):
            return key
        return _digest(self._primary, key)

    def means(self, reference: str, key: str) -> bool:
        """Whether `reference` was ever shown for this device's key."""
        return any(hmac.compare_digest(reference, _digest(keyed, key)) for keyed in self._all)


def _keyed(ring_key: bytes) -> hmac.HMAC:
    return hmac.new(ring_key, digestmod=hashlib.sha256)


def _digest(keyed: hmac.HMAC, key: str) -> str:
    mac = keyed.copy()
    mac.update(key.encode())
    return "install:" + mac.hexdigest()[:_HEX_DIGITS]
