"""Alerts, and how many letters of them an owner was sent lately."""

from __future__ import annotations

import uuid
from datetime import date, datetime

from sqlalchemy import Boolean, Date, Index, Integer, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from secmon.database.tables import ACCOUNT_ID, DOCUMENT, Base, Instant


class Alert(Base):
    """One a device, day and place, until it is answered; then the next login makes another. The day is the
    owner's.

    `network` is where its logins came from: the autonomous system, or the network where nobody knows that.
    Those of an earlier release name none, and take no more logins. `traits` are the device's as JSON.
    `city_found`: the operator's files name that city too. `answer` is empty until the owner has said whether
    it was them. `vouched`: whether "was me" trusted the device and taught its login. `case_id` is the case
    that "not me" opened, or joined. `closed_at`: a theft was ended meanwhile, and the question is answered
    no more.
    """

    __tablename__ = "alerts"
    __table_args__ = (
        # A login asks for the alert that it belongs to.
        Index("ix_alerts_device", "account_id", "device_key", "day"),
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
    network: Mapped[str | None] = mapped_column(String(64))
    anonymizer: Mapped[bool | None] = mapped_column(Boolean)
    traits: Mapped[str | None] = mapped_column(Text)
    city_found: Mapped[bool | None] = mapped_column(Boolean)
    decision: Mapped[str] = mapped_column(String(10))
    occurred_at: Mapped[datetime] = mapped_column(Instant())
    raised_at: Mapped[datetime] = mapped_column(Instant())
    answer: Mapped[str | None] = mapped_column(String(8))
    answered_at: Mapped[datetime | None] = mapped_column(Instant())
    vouched: Mapped[bool | None] = mapped_column(Boolean)
    case_id: Mapped[uuid.UUID | None] = mapped_column()
    closed_at: Mapped[datetime | None] = mapped_column(Instant())


class LetterBound(Base):
    """The letters that an account was sent of its alerts in the hour before, and those that it was not.

    `letters_at` holds their times (RFC 3339), and never more than an hour may have. `due_at` is when what
    was withheld since `withheld_since` is summed up, or, where nothing was, when the row says nothing more.
    """

    __tablename__ = "letter_bounds"
    __table_args__ = (Index("ix_letter_bounds_due_at", "due_at"),)

    account_id: Mapped[str] = mapped_column(ACCOUNT_ID, primary_key=True)
    letters_at: Mapped[list[str]] = mapped_column(DOCUMENT, default=list)
    withheld: Mapped[int] = mapped_column(Integer, default=0)
    withheld_since: Mapped[datetime | None] = mapped_column(Instant())
    due_at: Mapped[datetime] = mapped_column(Instant())
