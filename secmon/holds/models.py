"""Holds, and the versions of the rules that they begin by."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Any

from sqlalchemy import Boolean, Index, Integer, SmallInteger, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from secmon.database.tables import ACCOUNT_ID, DOCUMENT, OPTIONAL_DOCUMENT, Base, Instant

# The subject of what goes to all payees that were just added, in all: a cap for each of them would be none. A
# count beside their own holds, and shown to nobody.
PAYEES = "payees"

WHOLE_ACCOUNT = ""


def payee(digest: str) -> str:
    """The subject of holds that are about money to one payee."""
    return f"payee:{digest}"


def device(device_key: str) -> str:
    """The subject of holds that are about what is done on one device."""
    return f"device:{device_key}"


class Hold(Base):
    """Something that an account may not do until then; with a `cap`, not above it.

    `subject` is what it is about: empty for the whole account, `payee:<digest>` or `device:<key>` else.
    `actions` and `lifted_by` are codes with spaces between. `sums` is what went under the cap since it began,
    `base` the balance before that, both by currency. `cause` is the login, alert or change that it began
    with. `ended_at`: before its time, and `ended_by` says how. `loosened_from`: when it would have ended, had
    its owner not asked for less.
    """

    __tablename__ = "holds"
    __table_args__ = (
        # The gate asks for those of the whole account, of a payee and of a device that have not ended.
        Index("ix_holds_live", "account_id", "subject", "until"),
        # For the purge.
        Index("ix_holds_until", "until"),
    )

    account_id: Mapped[str] = mapped_column(ACCOUNT_ID, primary_key=True)
    hold_id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    trigger: Mapped[str] = mapped_column(String(32))
    clause: Mapped[int] = mapped_column(SmallInteger)
    subject: Mapped[str] = mapped_column(String(80))
    actions: Mapped[str] = mapped_column(String(200))
    cap: Mapped[dict[str, Any] | None] = mapped_column(OPTIONAL_DOCUMENT)
    sums: Mapped[dict[str, str]] = mapped_column(DOCUMENT, default=dict)
    base: Mapped[dict[str, str]] = mapped_column(DOCUMENT, default=dict)
    begun_at: Mapped[datetime] = mapped_column(Instant())
    until: Mapped[datetime] = mapped_column(Instant())
    lifted_by: Mapped[str] = mapped_column(String(80))
    quiet: Mapped[bool] = mapped_column(Boolean)
    face_to_face: Mapped[bool] = mapped_column(Boolean, default=False)
    rules_version: Mapped[int] = mapped_column(Integer)
    cause: Mapped[str | None] = mapped_column(String(80))
    made_by: Mapped[str] = mapped_column(String(128))
    made_person: Mapped[str | None] = mapped_column(String(128))
    ended_at: Mapped[datetime | None] = mapped_column(Instant())
    ended_by: Mapped[str | None] = mapped_column(String(32))
    loosened_from: Mapped[datetime | None] = mapped_column(Instant())


class StoredRules(Base):
    """The highest version is in force; without any, the shipped `standard` is, as version 0."""

    __tablename__ = "hold_rules"

    version: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    preset: Mapped[str | None] = mapped_column(String(32))
    document: Mapped[str] = mapped_column(Text)
    created_at: Mapped[datetime] = mapped_column(Instant())
    created_by: Mapped[str] = mapped_column(String(128))
