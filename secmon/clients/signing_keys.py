"""The keys that sign tokens: ES256 pairs in the database, private halves under the key ring.

The newest key without `retires_at` signs. A rotated key verifies until its last token has expired.
Whoever verifies reads the key by its id, so a rotation needs no word to other processes.
"""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any

import structlog
from joserfc.jwk import ECKey
from sqlalchemy import ColumnElement, literal_column, or_, select, update
from sqlalchemy.exc import DBAPIError

from secmon.clients.models import RetiredSigningKey, SigningKey
from secmon.clients.tokens import LIFETIME
from secmon.clients.verification import CLOCK_SKEW
from secmon.core.actor import SYSTEM
from secmon.database.engine import Database
from secmon.database.statements import Statement
from secmon.database.upsert import insert_or_ignore
from secmon.database.work import Work
from secmon.sealing.keyring import KeyRing, KeyRingError

# How long a rotated key still verifies: until its youngest token is dead by every node's clock.
VERIFIES_FOR = LIFETIME + CLOCK_SKEW
CURVE = "P-256"

log = structlog.get_logger(__name__)


def load_signing_keys(database: Database, ring: KeyRing) -> None:
    """Raises `KeyRingError` where the ring cannot read the stored keys (F15): the service must not start.

    A database that is not there yet, or not migrated, is for `/readyz` to tell.
    """
    try:
        with database.work(SYSTEM, write=False) as work:
            verifying(work, ring)
    except DBAPIError as error:
        log.warning("signing_keys_not_checked", kind=type(error).__name__)
    finally:
        # No connection stays open: the process may fork next, or end.
        database.dispose()


def unreadable(database: Database, ring: KeyRing) -> str | None:
    """What is wrong where the ring cannot read the stored keys. Raises where no database answers."""
    try:
        with database.work(SYSTEM, write=False) as work:
            verifying(work, ring)
    except KeyRingError:
        return "the key ring is not the one that this database was written with"
    return None


def current(work: Work, ring: KeyRing) -> ECKey | None:
    """The key that signs; None before the first one was made."""
    query = select(SigningKey).where(SigningKey.retires_at.is_(None))
    row = work.session.scalar(query.order_by(SigningKey.created_at.desc(), SigningKey.kid).limit(1))
    return None if row is None else _opened(row, ring)


# (kid, private_key) of the key that signs, or no row before the first one was made.
SIGNING = Statement(
    select(SigningKey.kid, SigningKey.private_key)
    .where(SigningKey.retires_at.is_(None))
    .order_by(SigningKey.created_at.desc(), SigningKey.kid)
    .limit(literal_column("1"))
)
# Opening one takes longer than signing with it.
_opened_before: dict[tuple[str, bytes], ECKey] = {}


def opened(kid: str, private_key: bytes, ring: KeyRing) -> ECKey:
    """A row of `SIGNING`, opened once a process."""
    known = _opened_before.get((kid, private_key))
    if known is None:
        known = ECKey.import_key(json.loads(ring.decrypt(private_key, context(kid))))
        _opened_before[kid, private_key] = known
    return known


def find(work: Work, ring: KeyRing, kid: str) -> ECKey | None:
    """The key of that id, if it still verifies."""
    row = work.session.scalar(select(SigningKey).where(SigningKey.kid == kid, _verifies(work)))
    return None if row is None else _opened(row, ring)


def verifying(work: Work, ring: KeyRing) -> list[ECKey]:
    """Every key that a token may be signed with: one, or more after a rotation; newest first."""
    query = select(SigningKey).where(_verifies(work)).order_by(SigningKey.created_at.desc(), SigningKey.kid)
    return [_opened(row, ring) for row in work.session.scalars(query)]


def ever_public(work: Work, ring: KeyRing, before: datetime | None) -> list[dict[str, Any]]:
    """The public JWK of every key made before then that signs or once signed, newest first."""
    rows = select(SigningKey).order_by(SigningKey.created_at.desc(), SigningKey.kid)
    retired = select(RetiredSigningKey.public_key).order_by(RetiredSigningKey.created_at.desc())
    if before is not None:
        rows = rows.where(SigningKey.created_at <= before)
        retired = retired.where(RetiredSigningKey.created_at <= before)
    return [
        *(_opened(row, ring).as_dict(private=False) for row in work.session.scalars(rows)),
        *(json.loads(public) for public in work.session.scalars(retired)),
    ]


def ensure(work: Work, ring: KeyRing) -> ECKey:
    """The key that signs, made now where there is none. Two processes at once make two good keys."""
    return current(work, ring) or _add(work, ring)


def rotate(work: Work, ring: KeyRing) -> ECKey:
    """A new key signs from now on; the old ones verify for `VERIFIES_FOR`.

    Of dead ones the public half is kept: what they signed may have to be checked years later.
    """
    session = work.session
    _bury(work, ring)
    old = update(SigningKey).where(SigningKey.retires_at.is_(None))
    session.execute(old.values(retires_at=work.now + VERIFIES_FOR))
    return _add(work, ring)


def _bury(work: Work, ring: KeyRing) -> None:
    for row in work.session.scalars(select(SigningKey).where(SigningKey.retires_at <= work.now)).all():
        kept = {
            "kid": row.kid,
            "public_key": json.dumps(_opened(row, ring).as_dict(private=False)),
            "created_at": row.created_at,
            "retired_at": row.retires_at,
        }
        work.session.execute(insert_or_ignore(work, RetiredSigningKey).values(kept))
        work.session.delete(row)


def _add(work: Work, ring: KeyRing) -> ECKey:
    key = ECKey.generate_key(CURVE, auto_kid=True)
    kid = key.thumbprint()
    private = json.dumps(key.as_dict(private=True)).encode()
    row = SigningKey(kid=kid, private_key=ring.encrypt(private, context(kid)), created_at=work.now)
    work.session.add(row)
    return key


def _opened(row: SigningKey, ring: KeyRing) -> ECKey:
    return ECKey.import_key(json.loads(ring.decrypt(row.private_key, context(row.kid))))


def _verifies(work: Work) -> ColumnElement[bool]:
    return or_(SigningKey.retires_at.is_(None), SigningKey.retires_at > work.now)


def context(kid: str) -> str:
    """What the private half of that key is encrypted for (`KeyRing.encrypt`)."""
    return f"signing-key:{kid}"
