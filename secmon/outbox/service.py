"""Owing: a message is stored in the transaction that causes it, or not at all."""

from __future__ import annotations

import json
import uuid
from collections.abc import Mapping
from typing import Any

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    LargeBinary,
    String,
    Uuid,
    bindparam,
    func,
    insert,
    literal_column,
    select,
)

from secmon.core.ids import new_id
from secmon.database.statements import Query, Statement
from secmon.database.tables import Instant
from secmon.database.work import Work
from secmon.outbox.kinds import Kind
from secmon.outbox.models import OwedMessage

_ONE: ColumnElement[int] = literal_column("1", BigInteger())
# The account's lock is held where messages are owed, so positions grow in the order of commits,
# whatever the clocks of several machines say.
_NEXT_POSITION = (
    select(func.coalesce(func.max(OwedMessage.position) + _ONE, _ONE))
    .where(OwedMessage.account_id == bindparam("account_id", type_=String()))
    .scalar_subquery()
)
_INSERT = insert(OwedMessage).values(
    account_id=bindparam("account_id", type_=String()),
    message_id=bindparam("message_id", type_=Uuid()),
    position=_NEXT_POSITION,
    kind=bindparam("kind", type_=String()),
    payload=bindparam("payload", type_=String()),
    former_email=bindparam("former_email", type_=LargeBinary()),
    owed_at=bindparam("owed_at", type_=Instant()),
)
_OWE = Statement(_INSERT, returns_rows=False)


def owe(
    work: Work,
    account_id: str,
    kind: Kind,
    payload: Mapping[str, Any],
    *,
    former_email: bytes | None = None,
) -> uuid.UUID:
    """Stores one message; its id is what receivers see, whatever happens on the way.

    `payload` is a JSON object of ids and of what changed: no personal data, no secret, no link.
    `former_email` is the account's sealed e-mail before a change of address: it is told as well.
    """
    query = owing(work, account_id, kind, payload, former_email=former_email)
    work.session.execute(_INSERT, dict(query.parameters))
    message_id: uuid.UUID = query.parameters["message_id"]
    return message_id


def owing(
    work: Work,
    account_id: str,
    kind: Kind,
    payload: Mapping[str, Any],
    *,
    former_email: bytes | None = None,
) -> Query:
    """As `owe`, for the hot path: a prepared INSERT for `work.defer`; its parameters hold `message_id`."""
    return _OWE(
        account_id=account_id,
        message_id=new_id(work.now),
        kind=str(kind),
        payload=json.dumps(payload, ensure_ascii=False, separators=(",", ":")),
        former_email=former_email,
        owed_at=work.now,
    )
