"""Alerts: at most one a device and day; the day is the owner's."""

from __future__ import annotations

import uuid
from datetime import date, datetime

from sqlalchemy import Date, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from secmon.core.tables import ACCOUNT_ID, Base, Instant


class Alert(Base):
    """`answer` is empty until the owner has said whether it was them; the first answer stands.

    `case_id` is the case that "not me" opened, or joined.
    """

    __tablename__ = "alerts"
    __table_args__ = (
        UniqueConstraint("account_id", "device_key", "day", name="uq_alerts_account_device_day"),
        # An alert is also asked for by its id alone.
        Index("ix_alerts_alert_id", "alert_id"),
        # For the timeline of a case.
        Index("ix_alerts_raised", "account_id", "raised_at", "alert_id"),
        # For the purge.
        Index("ix_alerts_raised_at", "raised_at"),
    )

    account_id: Mapped[str] = mapped_column(ACCOUNT_ID, primary_key=True)
    alert_id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    event_id: Mapped[str] = mapped_column(String(64))
    device_key: Mapped[str] = mapped_column(String(64))
    day: Mapped[date] = mapped_column(Date)
    device_label: Mapped[str] = mapped_column(String(200))
    ip: Mapped[str] = mapped_column(String(45))
    country: Mapped[str | None] = mapped_column(String(2))
    city: Mapped[str | None] = mapped_column(String(96))
    decision: Mapped[str] = mapped_column(String(10))
    occurred_at: Mapped[datetime] = mapped_column(Instant())
    raised_at: Mapped[datetime] = mapped_column(Instant())
    answer: Mapped[str | None] = mapped_column(String(8))
    answered_at: Mapped[datetime | None] = mapped_column(Instant())
    case_id: Mapped[uuid.UUID | None] = mapped_column()
