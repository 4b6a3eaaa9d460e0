"""What the gate was asked, and appeals against holds."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Any

from sqlalchemy import Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from secmon.database.tables import ACCOUNT_ID, DOCUMENT, Base, Instant


class GateRequest(Base):
    """One thing that the wallet wanted to do, under the wallet's own id of it.

    `digest` is of what was asked: the same id with anything else is a mistake or an attack. `counted` names
    the holds in whose sums its amount is. `proven_at`: a proof was given for it. `spent_at`: its
    decision token was taken.
    """

    __tablename__ = "gate_requests"
    # For the purge.
    __table_args__ = (Index("ix_gate_requests_asked_at", "asked_at"),)

    account_id: Mapped[str] = mapped_column(ACCOUNT_ID, primary_key=True)
    request_id: Mapped[str] = mapped_column(String(64), primary_key=True)
    digest: Mapped[str] = mapped_column(String(64))
    asked: Mapped[dict[str, Any]] = mapped_column(DOCUMENT)
    payee: Mapped[str | None] = mapped_column(String(64))
    asked_at: Mapped[datetime] = mapped_column(Instant())
    decision: Mapped[str] = mapped_column(String(8))
    reasons: Mapped[str] = mapped_column(String(200))
    counted: Mapped[list[str]] = mapped_column(DOCUMENT, default=list)
    proven_at: Mapped[datetime | None] = mapped_column(Instant())
    proven_by: Mapped[str | None] = mapped_column(String(16))
    spent_at: Mapped[datetime | None] = mapped_column(Instant())


class Appeal(Base):
    """The owner, or staff for the owner, says that a hold is wrong; somebody else decides, on its case."""

    __tablename__ = "hold_appeals"
    __table_args__ = (Index("ix_hold_appeals_hold", "account_id", "hold_id"),)

    account_id: Mapped[str] = mapped_column(ACCOUNT_ID, primary_key=True)
    appeal_id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    hold_id: Mapped[uuid.UUID] = mapped_column()
    case_id: Mapped[uuid.UUID] = mapped_column()
    status: Mapped[str] = mapped_column(String(8))
    text: Mapped[str] = mapped_column(Text)
    asked_at: Mapped[datetime] = mapped_column(Instant())
    asked_by: Mapped[str] = mapped_column(String(128))
    asked_person: Mapped[str | None] = mapped_column(String(128))
    decided_at: Mapped[datetime | None] = mapped_column(Instant())
    decided_by: Mapped[str | None] = mapped_column(String(128))
    note: Mapped[str | None] = mapped_column(Text)
