"""The link that an owner is sent: signed, and good for a day. Pure: what it opens is asked elsewhere.

A token is `alert id (16 bytes) || expiry (8 bytes, seconds since 1970) || address (16 bytes) ||
HMAC-SHA-256 of all three`, in base64url. The third part is a keyed digest of the address that the link was
sent to, another one for each alert. It names no account, and there is nothing to guess in it. Links of an
earlier release lack the address and can be read as long as they last.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import struct
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from secmon.core.errors import Forbidden, NotFound
from secmon.sealing.keyring import KeyRing

LIFETIME = timedelta(hours=24)
_SIGNED = struct.Struct(">16sQ16s")
_WITHOUT_ADDRESS = struct.Struct(">16sQ")
_ADDRESS_BYTES = 16
_MAC_BYTES = hashlib.sha256().digest_size


class LinkUnknown(NotFound):
    """The link was not made here, or not all of it arrived."""

    code = "link_unknown"
    title = "This link is not known here"


class FormForged(Forbidden):
    """The answer did not come from the page behind the link."""

    code = "form_forged"
    title = "The answer did not come from the page"


@dataclass(frozen=True, slots=True)
class Link:
    """What a good signature says: which alert, until when the owner may answer by it, and a digest of the
    address that it was sent to; None in links of an earlier release.
    """

    alert_id: uuid.UUID
    expires_at: datetime
    address: bytes | None

    @property
    def sent_at(self) -> datetime:
        """To the second."""
        return self.expires_at - LIFETIME

    def went_to(self, address: str, keys: KeyRing) -> bool:
        """Whether the link was made for that address."""
        said = self.address or b""
        mine = (_address(key, self.alert_id, address) for key in _all(keys, "alert-addresses"))
        return any(hmac.compare_digest(one, said) for one in mine)

    def has_expired(self, now: datetime) -> bool:
        return now >= self.expires_at


def token(alert_id: uuid.UUID, address: str, keys: KeyRing, now: datetime) -> str:
    """The signed part of the link that is sent to `address`; it works for `LIFETIME` from `now`."""
    sent_to = _address(keys.derive("alert-addresses"), alert_id, address)
    signed = _SIGNED.pack(alert_id.bytes, int((now + LIFETIME).timestamp()), sent_to)
    return _encoded(signed + _mac(keys.derive("alert-links"), signed))


def read(text: str, keys: KeyRing) -> Link:
    """What a token says, expired or not; raises `LinkUnknown`."""
    try:
        raw = base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
    except (binascii.Error, ValueError):
        raise LinkUnknown from None
    signed, mac = raw[:-_MAC_BYTES], raw[-_MAC_BYTES:]
    # The spelling too must be ours: base64 has several for the same bytes.
    if len(signed) not in (_SIGNED.size, _WITHOUT_ADDRESS.size) or _encoded(raw) != text:
        raise LinkUnknown
    if not any(hmac.compare_digest(_mac(key, signed), mac) for key in _all(keys, "alert-links")):
        raise LinkUnknown
    alert_id, expires_at = _WITHOUT_ADDRESS.unpack_from(signed)
    address = signed[_WITHOUT_ADDRESS.size :] or None
    return Link(uuid.UUID(bytes=alert_id), datetime.fromtimestamp(expires_at, UTC), address)


def form_token(text: str, keys: KeyRing) -> str:
    """What the page's form sends beside the answer: nobody has it who has not read the page.

    It is bound to the link and not to a cookie. Whoever knows the link could fetch the page, and a
    cookie from it, and whoever does not know it cannot make a browser post to it.
    """
    return _encoded(_mac(keys.derive("alert-forms"), text.encode()))


def require_form_token(sent: str, text: str, keys: KeyRing) -> None:
    """Raises `FormForged` unless `sent` is of the page behind the link `text`."""
    good = (_encoded(_mac(key, text.encode())) for key in _all(keys, "alert-forms"))
    if not any(hmac.compare_digest(one.encode(), sent.encode()) for one in good):
        raise FormForged


def _all(keys: KeyRing, purpose: str) -> Iterator[bytes]:
    """One key for each of the ring: a link outlives the rotation that took its key's place."""
    return (keys.derive_from(name, purpose) for name in keys.keys)


def _address(key: bytes, alert_id: uuid.UUID, address: str) -> bytes:
    return _mac(key, alert_id.bytes + address.encode())[:_ADDRESS_BYTES]


def _mac(key: bytes, signed: bytes) -> bytes:
    return hmac.digest(key, signed, hashlib.sha256)


def _encoded(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")
