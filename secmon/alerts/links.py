"""The link that an owner is sent: signed, and good for a day. Pure: what it opens is asked elsewhere.

A token is `alert id (16 bytes) || expiry (8 bytes, seconds since 1970) || address (16 bytes)` in base64url,
a dot, and itsdangerous' HMAC-SHA-256 of it. The third part is a keyed digest of the address that the link
was sent to, another one for each alert. It names no account, and there is nothing to guess in it. Links of
an earlier release have no dot and can be read as long as they last.
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

from itsdangerous import BadData, Signer

from secmon.core.errors import Forbidden, NotFound
from secmon.sealing.keyring import KeyRing

LIFETIME = timedelta(hours=24)
_SIGNED = struct.Struct(">16sQ16s")
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
    address that it was sent to.
    """

    alert_id: uuid.UUID
    expires_at: datetime
    address: bytes

    @property
    def sent_at(self) -> datetime:
        """To the second."""
        return self.expires_at - LIFETIME

    def went_to(self, address: str, keys: KeyRing) -> bool:
        """Whether the link was made for that address."""
        mine = (_address(key, self.alert_id, address) for key in _all(keys, "alert-addresses"))
        return any(hmac.compare_digest(one, self.address) for one in mine)

    def has_expired(self, now: datetime) -> bool:
        return now >= self.expires_at


def token(alert_id: uuid.UUID, address: str, keys: KeyRing, now: datetime) -> str:
    """The signed part of the link that is sent to `address`; it works for `LIFETIME` from `now`."""
    sent_to = _address(keys.derive("alert-addresses"), alert_id, address)
    said = _SIGNED.pack(alert_id.bytes, int((now + LIFETIME).timestamp()), sent_to)
    return _signer(keys, "alert-links").sign(_encoded(said)).decode()


def read(text: str, keys: KeyRing) -> Link:
    """What a token says, expired or not; raises `LinkUnknown`."""
    said, dot, signature = text.partition(".")
    if not dot:
        return _read_earlier(text, keys)
    try:
        _signer(keys, "alert-links").unsign(text)
    except BadData:
        raise LinkUnknown from None
    # What was signed is of our spelling; the signature has several, for base64 has.
    if _encoded(_decoded(signature)) != signature:
        raise LinkUnknown
    return _link(_decoded(said))


def form_token(text: str, keys: KeyRing) -> str:
    """What the page's form sends beside the answer: nobody has it who has not read the page.

    It is bound to the link and not to a cookie. Whoever knows the link could fetch the page, and a
    cookie from it, and whoever does not know it cannot make a browser post to it.
    """
    return _signer(keys, "alert-forms").get_signature(text).decode()


def require_form_token(sent: str, text: str, keys: KeyRing) -> None:
    """Raises `FormForged` unless `sent` is of the page behind the link `text`."""
    if not _signer(keys, "alert-forms").verify_signature(text, sent.encode()):
        raise FormForged


def _signer(keys: KeyRing, purpose: str) -> Signer:
    """Signs under the primary key and reads under all: a link outlives the rotation that replaced its key."""
    ring = sorted(keys.keys, key=lambda name: name == keys.primary)
    return Signer(
        [keys.derive_from(name, purpose) for name in ring],
        salt=purpose,
        key_derivation="hmac",
        digest_method=hashlib.sha256,
    )


def _read_earlier(text: str, keys: KeyRing) -> Link:
    """A link of the release before this one, which were signed otherwise; to go a release from now."""
    raw = _decoded(text)
    said, mac = raw[: _SIGNED.size], raw[_SIGNED.size :]
    good = (_mac(key, said) for key in _all(keys, "alert-links"))
    if _encoded(raw) != text or not any(hmac.compare_digest(one, mac) for one in good):
        raise LinkUnknown
    return _link(said)


def _link(said: bytes) -> Link:
    try:
        alert_id, expires_at, address = _SIGNED.unpack(said)
    except struct.error:
        raise LinkUnknown from None
    return Link(uuid.UUID(bytes=alert_id), datetime.fromtimestamp(expires_at, UTC), address)


def _all(keys: KeyRing, purpose: str) -> Iterator[bytes]:
    return (keys.derive_from(name, purpose) for name in keys.keys)


def _address(key: bytes, alert_id: uuid.UUID, address: str) -> bytes:
    return _mac(key, alert_id.bytes + address.encode())[:_ADDRESS_BYTES]


def _mac(key: bytes, signed: bytes) -> bytes:
    return hmac.digest(key, signed, hashlib.sha256)


def _decoded(text: str) -> bytes:
    try:
        return base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
    except (binascii.Error, ValueError):
        raise LinkUnknown from None


def _encoded(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")
