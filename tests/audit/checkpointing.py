"""Making checkpoints, and what is found of them."""

from __future__ import annotations

from sqlalchemy import func, select

from secmon.audit import checkpoints
from secmon.audit.models import AuditCheckpoint
from secmon.core.actor import SYSTEM
from secmon.database.engine import Database
from secmon.sealing.keyring import KeyRing

KEYS = KeyRing({"test": bytes(32)}, "test")


def make(database: Database) -> None:
    with database.work(SYSTEM) as work:
        checkpoints.make(work, KEYS)


def flaw(database: Database, kept: bytes | None = None) -> str | None:
    with database.work(SYSTEM, write=False) as work:
        return checkpoints.prove(work, KEYS, kept).flaw


def stored(database: Database) -> int:
    with database.work(SYSTEM, write=False) as work:
        return work.session.scalar(select(func.count()).select_from(AuditCheckpoint)) or 0
