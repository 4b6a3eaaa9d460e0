"""The tables of accounts.

One row an account: what the gate reads, and what everything else locks first.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Boolean, Index, Integer, LargeBinary, String, false, text
from sqlalchemy.orm import Mapped, mapped_column

from secmon.accounts.gate import Standing
from secmon.database.tables import ACCOUNT_ID, DOCUMENT, Base, Instant

__all__ = ["Account", "Standing"]


class Account(Base):
    """`version` grows with every change that the gate's answer could show.

    `required_actions`: `{"change_password": "<since, RFC 3339>"}`; `restrictions`: a list of
    `{"action", "until", "reason"}`. Both live in this row so that the gate reads one row by its key.
    """

    __tablename__ = "accounts"
    __table_args__ = (
        # Holds those alone that were not met yet: looking for them costs what they are, not all accounts.
        Index(
            "ix_accounts_newcomers",
            "created_at",
            postgresql_where=text("NOT password_watched"),
            sqlite_where=text("password_watched = 0"),
        ),
    )

    account_id: Mapped[str] = mapped_column(ACCOUNT_ID, primary_key=True)
    standing: Mapped[str] = mapped_column(String(8), default=Standing.ACTIVE)
    version: Mapped[int] = mapped_column(Integer, default=1)
    required_actions: Mapped[dict[str, Any]] = mapped_column(DOCUMENT, default=dict)
    restrictions: Mapped[list[dict[str, Any]]] = mapped_column(DOCUMENT, default=list)
    locale: Mapped[str] = mapped_column(String(8), default="zh-CN")
    email: Mapped[bytes | None] = mapped_column(LargeBinary)
    phone: Mapped[bytes | None] = mapped_column(LargeBinary)
    # Since when these are on file, or that there is none; empty where that was before anybody noted it.
    email_since: Mapped[datetime | None] = mapped_column(Instant())
    phone_since: Mapped[datetime | None] = mapped_column(Instant())
    # The owner's own IANA zone, where the wallet told it.
    time_zone: Mapped[str | None] = mapped_column(String(64))
    # Whether the reminders have met this account; see the index.
    password_watched: Mapped[bool] = mapped_column(Boolean, server_default=false())
    # It was erased and has come back: no device is its first.
    returned: Mapped[bool] = mapped_column(Boolean, server_default=false())
    created_at: Mapped[datetime] = mapped_column(Instant())


class Tombstone(Base):
    """What outlives an account's erasure until `until`: what held it, and that it was known."""

    __tablename__ = "account_tombstones"
    # For the purge.
    __table_args__ = (Index("ix_account_tombstones_until", "until"),)

    account_id: Mapped[str] = mapped_column(ACCOUNT_ID, primary_key=True)
    required_actions: Mapped[dict[str, Any]] = mapped_column(DOCUMENT)
    restrictions: Mapped[list[dict[str, Any]]] = mapped_column(DOCUMENT)
    erased_at: Mapped[datetime] = mapped_column(Instant())
    until: Mapped[datetime] = mapped_column(Instant())
