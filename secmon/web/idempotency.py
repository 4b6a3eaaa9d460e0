"""`Idempotency-Key`: the effect and the stored answer are one transaction, so neither is there alone.

An answer may hold what is shown once, a client's secret or recovery codes: it is stored encrypted.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable
from datetime import datetime, timedelta

from flask import Response, current_app, g, request
from sqlalchemy import LargeBinary, SmallInteger, String, Text, delete, func, insert, select, tuple_
from sqlalchemy.orm import Mapped, mapped_column

from secmon.core.errors import Conflict, FieldError, Invalid
from secmon.core.keyring import KeyRing
from secmon.core.tables import Base, Instant
from secmon.core.work import Work
from secmon.web.unit_of_work import unit_of_work

KEPT = timedelta(hours=24)
PURGED_AT_ONCE = 1_000
# What an answer says of the thing that it is about, or of itself, and a replay says again.
REPLAYED = ("Cache-Control", "ETag", "Location", "Retry-After")
_KEY = re.compile(r"[\x21-\x7e]{1,255}")


class IdempotencyKey(Base):
    """One answered request; the key belongs to the client that sent it."""

    __tablename__ = "idempotency_keys"

    client_id: Mapped[str] = mapped_column(String(128), primary_key=True)
    key: Mapped[str] = mapped_column(String(255), primary_key=True)
    request_hash: Mapped[bytes] = mapped_column(LargeBinary)
    status: Mapped[int] = mapped_column(SmallInteger)
    answer: Mapped[bytes] = mapped_column(LargeBinary)
    content_type: Mapped[str] = mapped_column(String(80))
    created_at: Mapped[datetime] = mapped_column(Instant(), index=True)
    # A JSON object; empty where the release that stored the answer kept none.
    headers: Mapped[str | None] = mapped_column(Text)


class KeyReused(Invalid):
    """The key was answered already, and that request had another address or another body."""

    code = "idempotency_key_reused"
    title = "This Idempotency-Key came with another request"
    advice = "Make a new key for each thing that you want done; repeat a key only with the very same request."


class StillRunning(Conflict):
    """The answer to the first request with this key is not there yet."""

    code = "idempotency_key_in_use"
    title = "The first request with this Idempotency-Key is still running"
    advice = "Send the same request again in a moment: it is then answered as the first one was."


def once(handle: Callable[[], Response], still_holds: Callable[[Work], None]) -> Response:
    """The stored answer where this client's key was answered before; else `handle`'s, stored with its effect.

    A refusal that raises stores nothing: the same key may be tried again. `still_holds` raises where the
    stored answer must not be given any more.
    """
    key = request.headers["Idempotency-Key"]
    if not _KEY.fullmatch(key):
        raise Invalid(errors=(FieldError("/Idempotency-Key", "Must be 1 to 255 visible characters"),))
    digest = _request_hash()
    with unit_of_work() as work:
        stored = _claim(work, key)
        if stored is not None:
            still_holds(work)
            return _replay(stored, digest)
        g.work = work
        try:
            response = handle()
        finally:
            g.pop("work", None)
        work.session.execute(insert(IdempotencyKey).values(_row(work, key, digest, response)))
    return response


def purge(work: Work) -> int:
    """Deletes up to `PURGED_AT_ONCE` answers that are kept no longer; answers how many those were."""
    key = tuple_(IdempotencyKey.client_id, IdempotencyKey.key)
    old = select(IdempotencyKey.client_id, IdempotencyKey.key).where(
        IdempotencyKey.created_at <= work.now - KEPT
    )
    done = delete(IdempotencyKey).where(key.in_(old.limit(PURGED_AT_ONCE))).returning(IdempotencyKey.key)
    return len(work.session.scalars(done).all())


def _request_hash() -> bytes:
    digest = hashlib.sha256(f"{request.method} {request.full_path}\n".encode())
    digest.update(request.get_data())
    return digest.digest()


def _claim(work: Work, key: str) -> IdempotencyKey | None:
    session, client_id = work.session, work.actor.actor_id
    if session.get_bind().dialect.name == "postgresql":
        # SQLite's writers queue up instead, so the second one finds the first one's answer.
        lock = func.pg_try_advisory_xact_lock(func.hashtextextended(f"{client_id}\n{key}", 0))
        if not session.scalar(select(lock)):
            raise StillRunning
    query = select(IdempotencyKey).where(IdempotencyKey.client_id == client_id, IdempotencyKey.key == key)
    found = session.scalar(query)
    if found is not None and found.created_at <= work.now - KEPT:
        session.delete(found)
        session.flush()
        return None
    return found


def _replay(stored: IdempotencyKey, digest: bytes) -> Response:
    if stored.request_hash != digest:
        raise KeyReused
    headers = {**json.loads(stored.headers or "{}"), "Idempotency-Replayed": "true"}
    answer = _keys().decrypt(stored.answer, context(stored.client_id, stored.key))
    return Response(answer, stored.status, headers, content_type=stored.content_type)


def _row(work: Work, key: str, digest: bytes, response: Response) -> dict[str, object]:
    return {
        "client_id": work.actor.actor_id,
        "key": key,
        "request_hash": digest,
        "status": response.status_code,
        "answer": _keys().encrypt(response.get_data(), context(work.actor.actor_id, key)),
        "content_type": response.content_type or "",
        "created_at": work.now,
        "headers": json.dumps(
            {name: response.headers[name] for name in REPLAYED if name in response.headers}
        ),
    }


def _keys() -> KeyRing:
    ring: KeyRing = current_app.extensions["secmon.keys"]
    return ring


def context(client_id: str, key: str) -> str:
    """What a stored answer is bound to."""
    return f"idempotency:{client_id}:{key}"
