"""What this room hands to the composition root."""

from __future__ import annotations

from datetime import timedelta
from functools import partial

from secmon.audit import checkpoints, record_keys, routes, sealing
from secmon.audit.models import (
    AuditAnchor,
    AuditCheckpoint,
    AuditCheckpointHead,
    AuditEntry,
    AuditKey,
    AuditReason,
    RecordKey,
)
from secmon.rooms.duty import Duty, in_one_work
from secmon.rooms.room import Room
from secmon.rooms.sealed_columns import SealedColumn
from secmon.settings.environment import Settings


def _duties(settings: Settings) -> tuple[Duty, ...]:
    make = partial(checkpoints.make_due, ring=settings.keys)
    return (Duty("checkpoint-audit", timedelta(minutes=10), in_one_work(make)),)


# The words of an erased account go, in the transaction that erases it; who did what stays.
ROOM = Room(
    routes=(routes.blp,),
    tables=(AuditAnchor, AuditCheckpoint, AuditCheckpointHead, AuditEntry, AuditKey, AuditReason, RecordKey),
    stays=(AuditAnchor, AuditCheckpointHead, AuditEntry, AuditReason),
    duties=_duties,
    sealed=(
        SealedColumn(AuditKey.sealed_key, sealing.context),
        SealedColumn(RecordKey.private_key, record_keys.context),
    ),
)
