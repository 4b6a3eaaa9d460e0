"""The evidence document: case, timeline, audit chain, a SHA-256 manifest, the service's signature.

The signature is a compact JWS (RFC 7515, ES256) whose payload is the manifest; its header carries the
public key, so that the document can be checked years later, on a machine that knows nothing but which
keys to trust. What it holds is gathered in one snapshot; making and checking a document needs no database.
"""

from __future__ import annotations

import hashlib
import json
import uuid
from collections.abc import Collection, Mapping
from dataclasses import asdict, dataclass
from typing import Any

from joserfc import jws
from joserfc.errors import JoseError
from joserfc.jwk import ECKey

from secmon.audit import listing as audit_listing
from secmon.audit import service as audit
from secmon.cases import service as cases
from secmon.cases.service import Case
from secmon.database.work import Work
from secmon.history import timeline
from secmon.history.parts import History
from secmon.sealing.install_ids import InstallIds

FORMAT = "secmon-evidence/1"
# Never taken for an access token, which is typed `at+jwt`.
TYPE = "secmon-evidence+jws"
ALGORITHM = "ES256"
PARTS = ("about", "case", "timeline", "audit")
ABOUT = ("account_id", "case_id", "reference", "made_at", "made_by")
ENTRIES_A_READ = 1_000


class EvidenceRefused(Exception):
    """The document is not what the service signed; the message says where."""


@dataclass(frozen=True, slots=True)
class VerifiedEvidence:
    """With which key it is signed (`key_id`, an RFC 7638 thumbprint), and what it is about."""

    key_id: str
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


def read(text: bytes) -> Any:
    """The JSON value of a file that may come from anybody; raises `EvidenceRefused`."""
    try:
        return json.loads(text.decode(), object_pairs_hook=_once, parse_constant=_no_number)
    except (ValueError, RecursionError) as error:
        raise EvidenceRefused("This is no JSON document.") from error


def verify(document: Any) -> VerifiedEvidence:
    """What a document proves by itself: that it is as the holder of a key signed it, and of which key.

    Whose key that is, it cannot prove: anybody can make one. Raises `EvidenceRefused`.
    """
    try:
        return _verified(document)
    except (RecursionError, UnicodeError) as error:
        raise EvidenceRefused("This is no evidence document.") from error


def key_ids(jwks: Any) -> set[str]:
    """The thumbprints of the keys in a JWK set (RFC 7517 §5); raises `EvidenceRefused`."""
    try:
        return {ECKey.import_key(key).thumbprint() for key in jwks["keys"]}
    except (JoseError, ValueError, TypeError, LookupError) as error:
        raise EvidenceRefused("This is no set of keys.") from error


def _verified(document: Any) -> VerifiedEvidence:
    _require_members(document, {*PARTS, "manifest", "signature"})
    manifest, about = document["manifest"], document["about"]
    _require_members(manifest, {"format", "digest", "parts"})
    key = _signer(document["signature"], canonical(manifest))
    _require_members(manifest["parts"], PARTS)
    if manifest["format"] != FORMAT:
        raise EvidenceRefused("The manifest is of another format.")
    for name, expected in manifest["parts"].items():
        if digest(document[name]) != expected:
            raise EvidenceRefused(f"The part “{name}” was changed after it was signed.")
    _require_members(about, ABOUT)
    if not all(isinstance(value, str) and value.isprintable() for value in about.values()):
        raise EvidenceRefused("It does not say what it is about.")
    return VerifiedEvidence(key.thumbprint(), about)


def _require_members(value: Any, names: Collection[str]) -> None:
    if not isinstance(value, dict) or value.keys() != set(names):
        raise EvidenceRefused("This is no evidence document.")


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """An object whose names are there once: of two, one reader sees the first, another the last."""
    found = dict(pairs)
    if len(found) != len(pairs):
        raise EvidenceRefused("A name is there twice in one object.")
    return found


def _no_number(name: str) -> Any:
    raise EvidenceRefused(f"{name} is no JSON.")


def digest(part: Any) -> str:
    """SHA-256 of a part's canonical JSON, in hex."""
    return hashlib.sha256(canonical(part)).hexdigest()


def canonical(value: Any) -> bytes:
    """One spelling of a JSON value."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


def _signer(signature: Any, manifest: bytes) -> ECKey:
    if not isinstance(signature, str):
        raise EvidenceRefused("The signature is not valid.")
    try:
        header = jws.extract_compact(signature.encode()).headers()
        if header.get("typ") != TYPE:
            raise EvidenceRefused("The signature is of another kind.")
        key = ECKey.import_key(header["jwk"])
        payload = jws.deserialize_compact(signature, key, algorithms=[ALGORITHM]).payload
    except (JoseError, LookupError, ValueError, TypeError, AttributeError) as error:
        raise EvidenceRefused("The signature is not valid.") from error
    if payload != manifest or header.get("kid") != key.thumbprint():
        raise EvidenceRefused("The manifest is not the one that was signed.")
    return key


def gathered(work: Work, case: Case, shown: Mapping[str, Any], history: History) -> dict[str, Any]:
    """All that the document holds, read in one snapshot, under no lock: an account may have a long past.

    `shown` is the case as JSON values, with its notes and identity checks.
    """
    installs = InstallIds(history.keys)
    return {
        "about": {
            "account_id": case.account_id,
            "case_id": str(case.case_id),
            "reference": case.reference,
            "made_at": work.now.isoformat(),
            "made_by": work.actor.actor_id,
        },
        "case": shown,
        "timeline": [
            _told(one, installs)
            for one in timeline.whole(work, case.account_id, history.sources, ENTRIES_A_READ)
        ],
        "audit": [_recorded(entry) for entry in _audit(work, case.account_id)],
    }


def handed_out(work: Work, case_id: uuid.UUID, document: Mapping[str, Any], key_id: str) -> None:
    """Records that the signed document leaves the house; raises `CaseUnknown` for one erased meanwhile."""
    case = cases.lock(work, case_id)
    facts = {"sha256": digest(document["manifest"]), "key_id": key_id}
    audit.record(work, case.account_id, "evidence.exported", subject=case.reference, facts=facts)


def _audit(work: Work, account_id: str) -> list[audit_listing.Recorded]:
    """The whole chain, first link first, so that it can be followed from hash to hash."""
    found: list[audit_listing.Recorded] = []
    before = None
    while page := audit_listing.of_account(work, account_id, before, ENTRIES_A_READ):
        found += page
        before = page[-1].occurred_at, page[-1].sequence
    return sorted(found, key=lambda entry: entry.sequence)


def _told(one: timeline.ToldEntry, installs: InstallIds) -> dict[str, Any]:
    entry = timeline.disclosed(one.entry, installs)
    return {
        "at": entry.at.isoformat(),
        "source": one.source,
        "what": entry.what,
        "sentence": dict(entry.sentence),
        "facts": dict(entry.facts),
    }


def _recorded(entry: audit_listing.Recorded) -> dict[str, Any]:
    return {**asdict(entry), "occurred_at": entry.occurred_at.isoformat()}
