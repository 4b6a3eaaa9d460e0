"""What this room hands to the composition root."""

from __future__ import annotations

from datetime import timedelta

from secmon.rooms.duty import Duty, in_one_work
from secmon.rooms.room import Room
from secmon.rooms.sealed_columns import SealedColumn
from secmon.settings.environment import Settings
from secmon.web import idempotency
from secmon.web.idempotency import IdempotencyKey


def _duties(_settings: Settings) -> tuple[Duty, ...]:
    return (Duty("purge-idempotency-keys", timedelta(minutes=10), in_one_work(idempotency.purge)),)


ROOM = Room(
    tables=(IdempotencyKey,),
    eraser=idempotency.erase,
    duties=_duties,
    sealed=(SealedColumn(IdempotencyKey.answer, idempotency.context),),
)
