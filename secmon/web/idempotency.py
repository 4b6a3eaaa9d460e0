"""`Idempotency-Key`: the effect and the stored answer are one transaction, so neither is there alone.

An answer may hold what is shown once, a client's secret or recovery codes: it is stored encrypted. What a
key is answered again is each route's own to say: `web.replays`.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from flask import Response, g, request
from sqlalchemy import LargeBinary, SmallInteger, String, Text, delete, func, insert, select, tuple_
from sqlalchemy.orm import Mapped, mapped_column

from secmon.core.errors import Conflict, FieldError, Invalid
from secmon.database.tables import ACCOUNT_ID, Base, Instant
from secmon.database.work import Work
from secmon.sealing.keyring import KeyRing
from secmon.web import receiving
from secmon.web.parts import Part
from secmon.web.replays import Stored
from secmon.web.unit_of_work import unit_of_work

KEPT = timedelta(hours=24)
PURGED_AT_ONCE = 1_000
# What an answer says of the thing that it is about, or of itself, and a replay says again.
REPLAYED = ("Cache-Control", "ETag", "Location", "Retry-After")
_KEY = re.compile(r"[\x21-\x7e]{1,255}")


KEYS: Part[KeyRing] = Part("keys")


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
    # Whose erasure takes the answer along; empty where it is about no account, or about many.
    account_id: Mapped[str | None] = mapped_column(ACCOUNT_ID, index=True)


# What is stored in the place of an answer that is not kept. Nobody reads it but a process of the release
# before, which would give it as it is: so it says "ask again", and decides nothing.
NOT_KEPT = Stored(503, b"", {"Retry-After": "2"}, "application/json")


class KeyReused(Invalid):
    """The key was answered already, and that request had another address or another body."""

    code = "idempotency_key_reused"
    title = "This Idempotency-Key came with another request"
    advice = "Make a new key for each thing that you want done; repeat a key only with the very same request."


class StillRunning(Conflict):
    """The answer to the first request with this key is not there yet."""

    code = "idempotency_key_in_use"
    title = "The first request with this Idempotency-Key is still running"
    advice = "Send the same request again in a moment: what it does is then done, and is not done twice."


@dataclass(frozen=True, slots=True)
class Keyed:
    """A request under a key: `handle` does it; `again` answers it where it was done before, or says None
    where it is to be done anew. `concerns` names the account that the answer is about, once it is done.
    """

    handle: Callable[[], Response]
    again: Callable[[Work, Stored], Response | None]
    concerns: Callable[[Work], str | None]
    keeps: bool


def once(asked: Keyed) -> Response:
    """Does the request, and stores its answer with its effect; or answers it again, if that was done before.

    A refusal that raises stores nothing: the same key may be tried again.
    """
    key = request.headers["Idempotency-Key"]
    if not _KEY.fullmatch(key):
        raise Invalid(errors=(FieldError("/Idempotency-Key", "Must be 1 to 255 visible characters"),))
    digest = _request_hash()
    with unit_of_work() as work:
        row = _claim(work, key)
        if row is not None:
            answer = _again(work, asked, row, digest)
            if answer is not None:
                return answer
            _forget(work, row)
        g.work = work
        try:
            response = asked.handle()
        finally:
            g.pop("work", None)
        kept = _kept(response) if asked.keeps else NOT_KEPT
        stored = _row(work, key, digest, kept) | {"account_id": asked.concerns(work)}
        work.session.execute(insert(IdempotencyKey).values(stored))
    return response


def erase(work: Work, account_id: str) -> None:
    """Deletes what was answered about the account. Who asks with the same key after that asks anew."""
    work.session.execute(delete(IdempotencyKey).where(IdempotencyKey.account_id == account_id))


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
    digest.update(receiving.whole())
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
        _forget(work, found)
        return None
    return found


def _forget(work: Work, row: IdempotencyKey) -> None:
    work.session.delete(row)
    work.session.flush()


def _again(work: Work, asked: Keyed, row: IdempotencyKey, digest: bytes) -> Response | None:
    if row.request_hash != digest:
        raise KeyReused
    text = KEYS.chosen().decrypt(row.answer, context(row.client_id, row.key))
    stored = Stored(row.status, text, json.loads(row.headers or "{}"), row.content_type)
    answer = asked.again(work, stored)
    if answer is not None:
        answer.headers["Idempotency-Replayed"] = "true"
    return answer


def _kept(response: Response) -> Stored:
    headers = {name: response.headers[name] for name in REPLAYED if name in response.headers}
    return Stored(response.status_code, response.get_data(), headers, response.content_type or "")


def _row(work: Work, key: str, digest: bytes, kept: Stored) -> dict[str, object]:
    return {
        "client_id": work.actor.actor_id,
        "key": key,
        "request_hash": digest,
        "status": kept.status,
        "answer": KEYS.chosen().encrypt(kept.text, context(work.actor.actor_id, key)),
        "content_type": kept.content_type,
        "created_at": work.now,
        "headers": json.dumps(dict(kept.headers)),
    }


def context(client_id: str, key: str) -> str:
    """What a stored answer is bound to."""
    return f"idempotency:{client_id}:{key}"
