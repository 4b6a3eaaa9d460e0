"""Each entry's MAC: whoever may write to the database still cannot write an entry that this service wrote.

The key lies in the database under the key ring, as signing keys do, so that a rotation of the ring changes
no MAC. Sealed with it is the moment from which every entry must have a MAC: at once, where the audit was
empty; else after as long as a release is rolled out, for until then the previous one, which knows of no
MACs, goes on writing beside this one.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import secrets
import threading
import uuid
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from sqlalchemy import func, select

from secmon.audit.models import AuditEntry, AuditKey
from secmon.core.actor import SYSTEM
from secmon.core.ids import new_id
from secmon.database.engine import Database
from secmon.database.work import Work
from secmon.sealing.keyring import KEY_BYTES, KeyRing, KeyRingError

# Old and new processes side by side; longer ago, an entry without a MAC is nobody's.
ROLLED_OUT_WITHIN = timedelta(days=1)
# Apart from whatever else might ever be MACed with the key.
_PURPOSE = b"secmon audit entry\0"
# Any constant will do: one makes the key at a time.
_ADVISORY_LOCK = 7_365_636_003


@dataclass(frozen=True, slots=True)
class MacKey:
    """An audit key, opened. Entries from `binding_from` on have a MAC."""

    key_id: uuid.UUID
    secret: bytes = field(repr=False)
    binding_from: datetime

    def mac(self, hashed: bytes) -> bytes:
        """HMAC-SHA-256 of an entry's hash, which covers all of the entry."""
        return hmac.digest(self.secret, _PURPOSE + hashed, hashlib.sha256)


class Sealing:
    """`core.work.Recorder`: one key a process, read (or made) before the first transaction that writes."""

    def __init__(self, keys: KeyRing) -> None:
        self.keys = keys
        self._lock = threading.Lock()
        self._key: MacKey | None = None

    def prepare(self, database: Database) -> None:
        """Raises `KeyRingError` where the ring opens none of the keys that are there."""
        if self._key is not None:
            return
        with self._lock:
            if self._key is None:
                # Without this recorder, and committed before anything is MACed with it.
                self._key = ensure(Database(database.engine, database.clock), self.keys)

    def stamp(self, hashed: bytes) -> tuple[uuid.UUID, bytes]:
        """The key's id and its MAC."""
        if self._key is None:
            raise KeyRingError("the audit has no key in a transaction that only reads")
        return self._key.key_id, self._key.mac(hashed)


def ensure(database: Database, ring: KeyRing) -> MacKey:
    """The key that vouches for new entries, made now where there is none. Raises `KeyRingError`."""
    with database.work(SYSTEM, write=False) as work:
        known = opened(work, ring)
    if known:
        return known[-1]
    with database.work(SYSTEM) as work:
        if work.dialect.name == "postgresql":
            work.session.execute(select(func.pg_advisory_xact_lock(_ADVISORY_LOCK)))
        known = opened(work, ring)
        return known[-1] if known else _add(work, ring)


def opened(work: Work, ring: KeyRing) -> list[MacKey]:
    """The audit's keys, oldest first; what the ring does not open is nobody's key.

    Raises `KeyRingError` where there are some and it opens none.
    """
    rows = work.session.scalars(select(AuditKey).order_by(AuditKey.key_id)).all()
    found = list(_opened(rows, ring))
    if rows and not found:
        missing = sorted({ring.key_of(row.sealed_key) for row in rows} - ring.keys.keys())
        under = f"lies under the key {', '.join(missing)}, which is missing"
        raise KeyRingError(f"audit_keys.sealed_key {under if missing else 'does not open with these keys'}")
    return found


def context(key_id: uuid.UUID) -> str:
    """What that key is encrypted for (`KeyRing.encrypt`)."""
    return f"audit-key:{key_id}"


def _opened(rows: Iterable[AuditKey], ring: KeyRing) -> Iterator[MacKey]:
    for row in rows:
        try:
            inside = json.loads(ring.decrypt(row.sealed_key, context(row.key_id)))
        except KeyRingError:
            continue
        yield MacKey(
            row.key_id, base64.b64decode(inside["key"]), datetime.fromisoformat(inside["binding_from"])
        )


def _add(work: Work, ring: KeyRing) -> MacKey:
    written_before = work.session.scalar(select(AuditEntry.sequence).limit(1)) is not None
    binding_from = work.now + ROLLED_OUT_WITHIN if written_before else datetime.min.replace(tzinfo=UTC)
    key = MacKey(new_id(work.now), secrets.token_bytes(KEY_BYTES), binding_from)
    inside = {"key": base64.b64encode(key.secret).decode(), "binding_from": key.binding_from.isoformat()}
    sealed = ring.encrypt(json.dumps(inside).encode(), context(key.key_id))
    work.session.add(AuditKey(key_id=key.key_id, sealed_key=sealed, created_at=work.now))
    return key
