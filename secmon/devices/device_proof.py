"""`device_proof`: the app signs a nonce of this service's with a key that never leaves the phone.

A compact JWS (RFC 7515), modelled on DPoP (RFC 9449): its header carries the public key, its payload names
the nonce and whom and what it is for. A copied install id comes without it.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import secrets
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from joserfc import jws
from joserfc.errors import JoseError
from joserfc.jwk import ECKey

from secmon.devices.proven import DeviceProof
from secmon.sealing.keyring import KeyRing

TYPE, ALGORITHM, CURVE = "device-proof+jwt", "ES256", "P-256"
PURPOSE = "device-nonces"
# How far from a login its nonce may have been given out: the phone signs it, the network carries it.
NONCE_LIVES = timedelta(minutes=5)
_TIME_BYTES, _RANDOM_BYTES, _MAC_BYTES = 8, 4, 16
_NUMBER_BYTES = _TIME_BYTES + _RANDOM_BYTES
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


class ProofMalformed(ValueError):
    """The text is no proof at all; the message says why."""


class DeviceNonces:
    """Nonces that need no table: the time, something random, and a MAC under the key ring."""

    def __init__(self, keys: KeyRing) -> None:
        self._primary = keys.derive(PURPOSE)
        self._all = [keys.derive_from(name, PURPOSE) for name in keys.keys]

    def make(self, now: datetime) -> str:
        """One that nobody was given before."""
        microseconds = (now - _EPOCH) // _MICROSECOND
        number = microseconds.to_bytes(_TIME_BYTES, "big") + secrets.token_bytes(_RANDOM_BYTES)
        return base64.urlsafe_b64encode(number + _mac(self._primary, number)).decode().rstrip("=")

    def number(self, nonce: str, used_at: datetime) -> int | None:
        """Its number, if it was given out here, and near enough to `used_at`."""
        try:
            raw = base64.b64decode(nonce + "=" * (-len(nonce) % 4), altchars=b"-_", validate=True)
        except ValueError:
            return None
        number, mac = raw[:_NUMBER_BYTES], raw[_NUMBER_BYTES:]
        if not any(hmac.compare_digest(mac, _mac(key, number)) for key in self._all):
            return None
        given_at = _EPOCH + int.from_bytes(number[:_TIME_BYTES], "big") * _MICROSECOND
        return int.from_bytes(number, "big") if abs(used_at - given_at) <= NONCE_LIVES else None


def read(
    text: str, nonces: DeviceNonces, *, account_id: str, device_id: str, occurred_at: datetime
) -> DeviceProof | None:
    """What the proof shows of a login; None where it shows nothing: another's, stale, or signed wrongly.

    Whether it was used before, only the device's row says. Raises `ProofMalformed`.
    """
    key = _key(text)
    try:
        payload = json.loads(jws.deserialize_compact(text, key, algorithms=[ALGORITHM]).payload)
    except (JoseError, ValueError, RecursionError):
        return None
    if not isinstance(payload, dict):
        return None
    nonce = payload.get("nonce")
    meant = payload.get("account_id") == account_id and payload.get("device_id") == device_id
    number = nonces.number(nonce, occurred_at) if meant and isinstance(nonce, str) else None
    return None if number is None else DeviceProof(key.thumbprint(), number)


def _key(text: str) -> ECKey:
    """The public key in the header."""
    try:
        header: Mapping[str, Any] = jws.extract_compact(text.encode()).headers()
        given = header["jwk"]
        if (header.get("typ"), header.get("alg")) != (TYPE, ALGORITHM):
            raise ProofMalformed(f"Must be a compact JWS, typed {TYPE}, signed by {ALGORITHM}")
        if (given["kty"], given["crv"]) != ("EC", CURVE) or "d" in given:
            raise ProofMalformed(f"Must carry a public {CURVE} key")
        return ECKey.import_key({name: given[name] for name in ("kty", "crv", "x", "y")})
    except ProofMalformed:
        raise
    except (JoseError, LookupError, ValueError, TypeError, AttributeError, RecursionError):
        raise ProofMalformed("Must be a compact JWS with a public key in its header") from None


def _mac(key: bytes, number: bytes) -> bytes:
    return hmac.digest(key, number, hashlib.sha256)[:_MAC_BYTES]
