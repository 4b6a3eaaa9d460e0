"""The evidence document: case, timeline, audit chain, a SHA-256 manifest, the service's signature. Pure.

The signature is a compact JWS (RFC 7515, ES256) whose payload is the manifest; its header carries the
public key, so that the document can be checked years later, on a machine that knows nothing else.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from joserfc import jws
from joserfc.errors import JoseError
from joserfc.jwk import ECKey

FORMAT = "secmon-evidence/1"
# Never taken for an access token, which is typed `at+jwt`.
TYPE = "secmon-evidence+jws"
ALGORITHM = "ES256"
PARTS = ("about", "case", "timeline", "audit")


class EvidenceRefused(Exception):
    """The document is not what the service signed; the message says where."""


@dataclass(frozen=True, slots=True)
class Verified:
    """Whose signature it is (`key_id`, an RFC 7638 thumbprint), and how much it covers."""

    key_id: str
    parts: int
    about: Mapping[str, Any]


def sealed(parts: Mapping[str, Any], key: ECKey) -> dict[str, Any]:
    """The document: the parts, their digests, and the signature of the digests."""
    manifest = {
        "format": FORMAT,
        "digest": "SHA-256 of the part as JSON: keys sorted, no spaces, UTF-8",
        "parts": {name: digest(parts[name]) for name in PARTS},
    }
    header = {"alg": ALGORITHM, "typ": TYPE, "kid": key.thumbprint(), "jwk": key.as_dict(private=False)}
    signature = jws.serialize_compact(header, canonical(manifest), key, algorithms=[ALGORITHM])
    return {**{name: parts[name] for name in PARTS}, "manifest": manifest, "signature": signature}


def verify(document: Any, trusted: Sequence[str] = ()) -> Verified:
    """What a document proves; raises `EvidenceRefused`. `trusted` are the key ids to accept; none: any."""
    if not isinstance(document, dict) or not {*PARTS, "manifest", "signature"} <= document.keys():
        raise EvidenceRefused("This is no evidence document.")
    manifest = document["manifest"]
    key = _signer(document["signature"], canonical(manifest))
    if trusted and key.thumbprint() not in trusted:
        raise EvidenceRefused(f"It is signed with {key.thumbprint()}, which is none of the trusted keys.")
    if manifest.get("format") != FORMAT or set(manifest.get("parts", ())) != set(PARTS):
        raise EvidenceRefused("The manifest is of another format.")
    for name, expected in manifest["parts"].items():
        if digest(document[name]) != expected:
            raise EvidenceRefused(f"The part “{name}” was changed after it was signed.")
    return Verified(key.thumbprint(), len(PARTS), document["about"])


def digest(part: Any) -> str:
    """SHA-256 of a part's canonical JSON, in hex."""
    return hashlib.sha256(canonical(part)).hexdigest()


def canonical(value: Any) -> bytes:
    """One spelling of a JSON value."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


def _signer(signature: Any, manifest: bytes) -> ECKey:
    try:
        header = jws.extract_compact(str(signature).encode()).headers()
        if header.get("typ") != TYPE:
            raise EvidenceRefused("The signature is of another kind.")
        key = ECKey.import_key(header["jwk"])
        payload = jws.deserialize_compact(str(signature), key, algorithms=[ALGORITHM]).payload
    except (JoseError, KeyError, ValueError, TypeError) as error:
        raise EvidenceRefused("The signature is not valid.") from error
    if payload != manifest:
        raise EvidenceRefused("The manifest is not the one that was signed.")
    return key
