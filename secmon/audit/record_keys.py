"""The keys that sign what leaves the record: evidence documents and checkpoints, and no token.

A key that was replaced signs nothing any more, and stays: what it signed may have to be checked years
later. Only a key that the ring opens is one; a row that somebody else put there is none.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import datetime

from joserfc.jwk import ECKey
from sqlalchemy import func, select

from secmon.audit.models import RecordKey
from secmon.database.work import Work
from secmon.sealing.keyring import KeyRing, KeyRingError

CURVE = "P-256"


def ensure(work: Work, ring: KeyRing) -> ECKey:
    """The key that signs, the newest; made now where there is none. Two at once make two good keys."""
    known = trusted(work, ring)
    return known[0] if known else add(work, ring)


def add(work: Work, ring: KeyRing) -> ECKey:
    """A new key, which signs from now on."""
    key = ECKey.generate_key(CURVE, auto_kid=True)
    kid = key.thumbprint()
    private = json.dumps(key.as_dict(private=True)).encode()
    row = RecordKey(kid=kid, private_key=ring.encrypt(private, context(kid)), created_at=work.now)
    work.session.add(row)
    return key


def trusted(work: Work, ring: KeyRing) -> list[ECKey]:
    """Every key that signs or once signed, newest first."""
    return list(_opened(work, ring))


def first_made_at(work: Work) -> datetime | None:
    """Since when there are such keys; None: not yet."""
    return work.session.scalar(select(func.min(RecordKey.created_at)))


def context(kid: str) -> str:
    """What the private half of that key is encrypted for (`KeyRing.encrypt`)."""
    return f"record-key:{kid}"


def _opened(work: Work, ring: KeyRing) -> Iterator[ECKey]:
    query = select(RecordKey).order_by(RecordKey.created_at.desc(), RecordKey.kid)
    for row in work.session.scalars(query):
        try:
            yield ECKey.import_key(json.loads(ring.decrypt(row.private_key, context(row.kid))))
        except KeyRingError:
            continue
