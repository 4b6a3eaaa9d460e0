"""Freezes, of which an account has one at a time."""

from __future__ import annotations

import uuid
from datetime import datetime
from enum import StrEnum

from sqlalchemy import Boolean, Index, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from secmon.database.tables import ACCOUNT_ID, Base, Instant


class FreezeStatus(StrEnum):
    ACTIVE = "active"
    LIFTED = "lifted"


class Freeze(Base):
    """`case_id` is the case that the freeze opened; it cannot be settled while the freeze is active.

    `later_reasons` are those of later reports, where they are others: codes with spaces between.
    `suspected_since`: with the end of a theft, since when what happened may have been the thief's doing.
    """

    __tablename__ = "freezes"
    __table_args__ = (
        Index(
            "uq_freezes_active",
            "account_id",
            unique=True,
            postgresql_where=text("status = 'active'"),
            sqlite_where=text("status = 'active'"),
        ),
    )

    account_id: Mapped[str] = mapped_column(ACCOUNT_ID, primary_key=True)
    freeze_id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    case_id: Mapped[uuid.UUID] = mapped_column()
    reason: Mapped[str] = mapped_column(String(20))
    later_reasons: Mapped[str] = mapped_column(Text, default="", server_default="")
    status: Mapped[str] = mapped_column(String(8))
    frozen_at: Mapped[datetime] = mapped_column(Instant())
    frozen_by: Mapped[str] = mapped_column(String(128))
    lifted_at: Mapped[datetime | None] = mapped_column(Instant())
    lifted_by: Mapped[str | None] = mapped_column(String(128))
    suspected_since: Mapped[datetime | None] = mapped_column(Instant())

    @property
    def reasons(self) -> list[str]:
        """Every reason that was reported, each once, in the order of the reports."""
        return [self.reason, *self.later_reasons.split()]


class Recovery(Base):
    """An account that was given back after a theft, until its owner has seen to everything.

    `password_owed`: the owner has not changed the password yet. `enrolment_guarded`: no factor was enrolled
    since, and not everybody may.
    """

    __tablename__ = "recoveries"

    account_id: Mapped[str] = mapped_column(ACCOUNT_ID, primary_key=True)
    freeze_id: Mapped[uuid.UUID] = mapped_column()
    unfrozen_at: Mapped[datetime] = mapped_column(Instant())
    suspected_since: Mapped[datetime] = mapped_column(Instant())
    password_owed: Mapped[bool] = mapped_column(Boolean)
    enrolment_guarded: Mapped[bool] = mapped_column(Boolean)
