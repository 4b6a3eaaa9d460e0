"""Recovery codes: 80 random bits in groups that a person can copy, kept as keyed hashes.

Why HMAC and not argon2id: docs/adr/0002-recovery-codes-are-keyed-hashes.md.
"""

from __future__ import annotations

import base64
import hmac
import secrets
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from sqlalchemy import and_, bindparam, delete, insert, select

from secmon.audit import service as audit
from secmon.database.statements import Row, Statement
from secmon.database.work import Work
from secmon.outbox import service as outbox
from secmon.outbox.kinds import Kind
from secmon.sealing.keyring import KeyRing
from secmon.twofactor.models import RecoveryCode, RecoveryCodeSet

CODES = 10
CODE_BYTES = 10
KEY_BYTES = 32
GROUP = 4
WARN_AT = 3

# The alphabet of RFC 4648 base32 has neither 0 nor 1: whoever types them read an O or an I.
_READ_AS = str.maketrans({"0": "O", "1": "I", "-": None, " ": None})

# (recovery_key, digest) of every code that is left, (recovery_key, None) where none is, or no row. Sent
# behind the lock of the count.
READ = Statement(
    select(RecoveryCodeSet.recovery_key, RecoveryCode.digest)
    .outerjoin(RecoveryCode, RecoveryCode.account_id == RecoveryCodeSet.account_id)
    .where(RecoveryCodeSet.account_id == bindparam("account_id"))
)
# Parameters that end in `_` belong to writes.
SPEND = Statement(
    delete(RecoveryCode).where(
        and_(RecoveryCode.account_id == bindparam("account_id_"), RecoveryCode.digest == bindparam("digest_"))
    ),
    returns_rows=False,
)


@dataclass(frozen=True, slots=True)
class RecoveryCodes:
    """A set of codes; `recovery_key` is sealed, and bound to `account_id`, `unused` are digests."""

    account_id: str
    recovery_key: bytes
    unused: Collection[bytes] = ()

    @classmethod
    def of(cls, account_id: str, rows: Sequence[Row]) -> RecoveryCodes | None:
        """The set in the rows of `READ`, if there is one."""
        if not rows:
            return None
        return cls(account_id, rows[0][0], [digest for _, digest in rows if digest is not None])

    def judge(self, keys: KeyRing, code: str) -> bytes | None:
        """The digest of the unused code that this is. Raises `KeyRingError` as `TotpSecret.judge` does."""
        key = keys.decrypt(self.recovery_key, recovery_context(self.account_id))
        return matching(digest(key, code), self.unused)


def recovery_context(account_id: str) -> str:
    """What the sealed key of a set is bound to."""
    return f"recovery:{account_id}"


def decoy(keys: KeyRing) -> RecoveryCodes:
    """Nobody's: a code for an account without a set is judged against it, and as slowly (R12)."""
    nobody = ""
    return RecoveryCodes(nobody, keys.encrypt(new_key(), recovery_context(nobody)))


def spend(work: Work, account_id: str, presented: bytes, left: int) -> None:
    """The code is used up, `left` are left; the owner is told."""
    work.defer(SPEND(account_id_=account_id, digest_=presented))
    audit.record(work, account_id, "recovery_code.used", facts={"left": left})
    outbox.owe(work, account_id, Kind.RECOVERY_CODE_USED, {"left": left})
    if left == WARN_AT:
        outbox.owe(work, account_id, Kind.RECOVERY_CODES_LOW, {"left": left})


def replace(work: Work, account_id: str, keys: KeyRing) -> list[str]:
    """Ten new codes, in plain for the last time; those before are dead, all of them. The count is locked."""
    fresh, key = new_codes(), new_key()
    sealed = keys.encrypt(key, recovery_context(account_id))
    work.session.merge(RecoveryCodeSet(account_id=account_id, recovery_key=sealed))
    work.session.execute(delete(RecoveryCode).where(RecoveryCode.account_id == account_id))
    digests = [{"account_id": account_id, "digest": digest(key, code)} for code in fresh]
    work.session.execute(insert(RecoveryCode), digests)
    return fresh


def new_codes() -> list[str]:
    """Ten codes of 80 bits, like `K7QX-4TRM-2WHB-ZN5D`."""
    return [_grouped(base64.b32encode(secrets.token_bytes(CODE_BYTES)).decode()) for _ in range(CODES)]


def new_key() -> bytes:
    """The key that one set of codes is hashed under; 256 bits."""
    return secrets.token_bytes(KEY_BYTES)


def digest(key: bytes, code: str) -> bytes:
    """HMAC-SHA-256 of a code as a person may have typed it: any case, with or without groups."""
    # ASCII first: in upper case a dotless i is an I, and a long s an S. A question mark is in no code.
    typed = code.encode("ascii", "replace").decode().upper()
    return hmac.digest(key, typed.translate(_READ_AS).encode(), "sha256")


def matching(presented: bytes, unused: Collection[bytes]) -> bytes | None:
    """The unused digest that was presented; ten are compared however many are left, in constant time."""
    used = [bytes(len(presented))] * (CODES - len(unused))
    found = [stored for stored in (*unused, *used) if hmac.compare_digest(stored, presented)]
    return found[0] if found else None


def _grouped(text: str) -> str:
    return "-".join(text[start : start + GROUP] for start in range(0, len(text), GROUP))
