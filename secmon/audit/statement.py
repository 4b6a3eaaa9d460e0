"""What a checkpoint says, and its signature: these were the heads of the chains. Pure.

A checkpoint names the heads of the chains that grew since the one before it, by a digest, and holds the
digest of that one: the last of them stands for all. The signature is a compact JWS (RFC 7515, ES256) whose
payload is the statement.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from joserfc import jws
from joserfc.errors import JoseError
from joserfc.jwk import ECKey

from secmon.audit.chain import canonical

FORMAT = "secmon-audit-checkpoint/1"
# Never taken for an access token or for evidence.
TYPE = "secmon-checkpoint+jws"
ALGORITHM = "ES256"


class CheckpointRefused(Exception):
    """This is no checkpoint that this service signed; the message says why."""


@dataclass(frozen=True, slots=True)
class CheckpointStatement:
    """Times are RFC 3339, digests hex SHA-256.

    All entries up to `through` were looked at, where `complete`; else those up to the entry
    `account_id`, `sequence` of that time, and the next checkpoint goes on from there.
    """

    number: int
    made_at: str
    previous: str | None
    heads: int
    digest: str
    through: str
    complete: bool
    account_id: str | None = None
    sequence: int | None = None
    format: str = FORMAT

    def text(self) -> str:
        """Its one spelling, which is signed."""
        return canonical(asdict(self))

    def own_digest(self) -> str:
        """What the next checkpoint calls `previous`."""
        return hashlib.sha256(self.text().encode()).hexdigest()

    def through_at(self) -> datetime:
        return datetime.fromisoformat(self.through)


def digest_of(heads: Mapping[str, tuple[int, bytes]]) -> str:
    """Over (account, sequence, hash) of each chain, in the order of the accounts' code points."""
    digest = hashlib.sha256()
    for account_id in sorted(heads):
        sequence, hashed = heads[account_id]
        digest.update(f"{account_id} {sequence} {hashed.hex()}\n".encode())
    return digest.hexdigest()


def sign(statement: CheckpointStatement, key: ECKey) -> str:
    """The signature of a statement."""
    header = {"alg": ALGORITHM, "typ": TYPE, "kid": key.thumbprint()}
    return jws.serialize_compact(header, statement.text().encode(), key, algorithms=[ALGORITHM])


def exported(statement: str, signature: str) -> str:
    """The file that a checkpoint is kept in, apart from the database."""
    return json.dumps({"checkpoint": json.loads(statement), "signature": signature}, indent=2) + "\n"


def read_file(text: bytes, keys: Collection[ECKey]) -> CheckpointStatement:
    """What such a file proves, whoever hands it over; raises `CheckpointRefused`."""
    try:
        document = json.loads(text.decode())
        return read(canonical(document["checkpoint"]), document["signature"], keys)
    except (ValueError, LookupError, TypeError, RecursionError) as error:
        raise CheckpointRefused("it is no checkpoint") from error


def read(text: str, signature: str, keys: Collection[ECKey]) -> CheckpointStatement:
    """The statement that one of `keys` signed; raises `CheckpointRefused`."""
    by_id = {key.thumbprint(): key for key in keys}
    try:
        header = jws.extract_compact(signature.encode()).headers()
        if header.get("typ") != TYPE or header.get("kid") not in by_id:
            raise CheckpointRefused("it was not signed by this service")
        payload = jws.deserialize_compact(signature, by_id[header["kid"]], algorithms=[ALGORITHM]).payload
        if payload != text.encode():
            raise CheckpointRefused("it was changed after it was signed")
        return _parsed(json.loads(payload))
    except (JoseError, ValueError, TypeError, AttributeError, LookupError) as error:
        raise CheckpointRefused("its signature is not valid") from error


def _parsed(said: Any) -> CheckpointStatement:
    if said.get("format") != FORMAT:
        raise CheckpointRefused("it is of another format")
    return CheckpointStatement(**said)
