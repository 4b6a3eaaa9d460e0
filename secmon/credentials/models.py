"""Changes of passwords, phones and e-mail addresses, and the state of the password: never what they are."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Any

from sqlalchemy import Index, Integer, SmallInteger, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from secmon.database.tables import ACCOUNT_ID, OPTIONAL_DOCUMENT, Base, Instant


class CredentialChange(Base):
    """One change as the wallet reported it; the first report of an `event_id` stands."""

    __tablename__ = "credential_changes"
    __table_args__ = (
        Index("ix_credential_changes_occurred", "account_id", "occurred_at", "event_id"),
        # For the purge.
        Index("ix_credential_changes_received_at", "received_at"),
    )

    account_id: Mapped[str] = mapped_column(ACCOUNT_ID, primary_key=True)
    event_id: Mapped[str] = mapped_column(String(64), primary_key=True)
    occurred_at: Mapped[datetime] = mapped_column(Instant())
    received_at: Mapped[datetime] = mapped_column(Instant())
    credential: Mapped[str] = mapped_column(String(16))
    method: Mapped[str] = mapped_column(String(8))
    ip: Mapped[str | None] = mapped_column(String(45))
    user_agent: Mapped[str | None] = mapped_column(Text)
    device_id: Mapped[str | None] = mapped_column(String(64))
    case_id: Mapped[uuid.UUID | None] = mapped_column()
    # A digest of the wallet's making, and the limit before it was raised: both as they were told.
    payee: Mapped[str | None] = mapped_column(String(64))
    former_limit: Mapped[dict[str, Any] | None] = mapped_column(OPTIONAL_DOCUMENT)


class PasswordState(Base):
    """What is known of an account's password: since when, whether others know it, what its owner was told.

    Stages are those of `age`; nought: none yet. `next_reminder_at` is empty where nothing follows.
    Whoever changes a row holds the account's lock.
    """

    __tablename__ = "password_states"
    __table_args__ = (Index("ix_password_states_next_reminder_at", "next_reminder_at"),)

    account_id: Mapped[str] = mapped_column(ACCOUNT_ID, primary_key=True)
    changed_at: Mapped[datetime | None] = mapped_column(Instant())
    compromised_at: Mapped[datetime | None] = mapped_column(Instant())
    # An owner whose password's date nobody knows is asked once.
    asked_at: Mapped[datetime | None] = mapped_column(Instant())
    reminded_stage: Mapped[int] = mapped_column(SmallInteger, default=0)
    dismissed_stage: Mapped[int] = mapped_column(SmallInteger, default=0)
    next_reminder_at: Mapped[datetime | None] = mapped_column(Instant())


class ScheduledBy(Base):
    """One row: the age by which reminders were scheduled, and, while another one replaces it, how far.

    `after_account` is the last account whose reminder was scheduled anew; empty once all are.
    """

    __tablename__ = "password_reminding"

    name: Mapped[str] = mapped_column(String(8), primary_key=True)
    age_days: Mapped[int] = mapped_column(Integer)
    after_account: Mapped[str | None] = mapped_column(ACCOUNT_ID)
