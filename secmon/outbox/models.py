"""The outbox: messages, and for each message one delivery a receiver."""

from __future__ import annotations

import uuid
from datetime import datetime

from sqlalchemy import BigInteger, ForeignKeyConstraint, Index, LargeBinary, SmallInteger, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from secmon.database.tables import ACCOUNT_ID, Base, Instant
from secmon.outbox.kinds import DeliveryState

RECEIVER = String(36)
# Added to a delivery's position, it stands behind all that its account will ever be owed: a lane is held up
# by its first delivery.
BEHIND = 10**12
_UNSPREAD = text("spread_at IS NULL")
_DUE = text("due_at IS NOT NULL")
_PENDING = text("state = 'pending'")
_DEAD = text("state = 'dead'")


class OwedMessage(Base):
    """Something that happened to an account; `position` orders the account's messages.

    `payload` is a JSON object without personal data or secrets. `former_email` is the sealed address
    that a change of address replaced: the message's own change, or one that came while the message
    waited. `spread_at` is when the deliveries were made out.
    """

    __tablename__ = "outbox_messages"
    __table_args__ = (
        Index("ix_outbox_messages_position", "account_id", "position"),
        Index("ix_outbox_messages_owed_at", "owed_at"),
        # For the timeline of a case.
        Index("ix_outbox_messages_time", "account_id", "owed_at", "position"),
        Index(
            "ix_outbox_messages_unspread",
            "account_id",
            "position",
            postgresql_where=_UNSPREAD,
            sqlite_where=_UNSPREAD,
        ),
    )

    account_id: Mapped[str] = mapped_column(ACCOUNT_ID, primary_key=True)
    message_id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    position: Mapped[int] = mapped_column(BigInteger)
    kind: Mapped[str] = mapped_column(String(32))
    payload: Mapped[str] = mapped_column(Text)
    former_email: Mapped[bytes | None] = mapped_column(LargeBinary)
    owed_at: Mapped[datetime] = mapped_column(Instant())
    spread_at: Mapped[datetime | None] = mapped_column(Instant())


class Delivery(Base):
    """One message to one receiver: a webhook endpoint's id, `email`, or `email:former`.

    `due_at` is there while pending, and is when to try next; a worker that holds the delivery has moved
    it to the end of its lease, so what a killed worker held comes due by itself.

    The partial indexes differ in their predicate on purpose. Nearly nothing is pending most of the time,
    so the planner believes that any index of what is pending is empty, and would use the wrong one when
    there is a backlog; a statement that names only one predicate can only use that index.
    """

    __tablename__ = "outbox_deliveries"
    __table_args__ = (
        ForeignKeyConstraint(
            ["account_id", "message_id"],
            ["outbox_messages.account_id", "outbox_messages.message_id"],
            ondelete="CASCADE",
        ),
        Index(
            "ix_outbox_deliveries_due",
            "receiver",
            "due_at",
            postgresql_where=_DUE,
            sqlite_where=_DUE,
        ),
        Index(
            "ix_outbox_deliveries_lane",
            "account_id",
            "receiver",
            "position",
            postgresql_where=_PENDING,
            sqlite_where=_PENDING,
        ),
        Index("ix_outbox_deliveries_listed", "receiver", "message_id"),
        Index(
            "ix_outbox_deliveries_dead",
            "receiver",
            "message_id",
            postgresql_where=_DEAD,
            sqlite_where=_DEAD,
        ),
    )

    account_id: Mapped[str] = mapped_column(ACCOUNT_ID, primary_key=True)
    message_id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    receiver: Mapped[str] = mapped_column(RECEIVER, primary_key=True)
    position: Mapped[int] = mapped_column(BigInteger)
    state: Mapped[str] = mapped_column(String(9), default=DeliveryState.PENDING)
    attempts: Mapped[int] = mapped_column(SmallInteger, default=0)
    due_at: Mapped[datetime | None] = mapped_column(Instant())
    lease_id: Mapped[uuid.UUID | None] = mapped_column()
    last_status: Mapped[int | None] = mapped_column(SmallInteger)
    last_error: Mapped[str | None] = mapped_column(String(200))
    last_attempt_at: Mapped[datetime | None] = mapped_column(Instant())
