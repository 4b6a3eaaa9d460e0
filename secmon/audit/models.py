"""The entries, which nobody may change; the words of their reasons, which erasure may delete; the anchors."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import BigInteger, Index, LargeBinary, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from secmon.core.tables import ACCOUNT_ID, Base, Instant


class AuditEntry(Base):
    """One link of an account's chain. `facts` is the canonical JSON that was hashed.

    The application's database role may SELECT and INSERT here, and nothing else. Whoever owns the table
    may delete what an anchor covers.
    """

    __tablename__ = "audit_entries"
    __table_args__ = (
        # One index for each way that GET /v1/audit and the timeline page through entries, newest first.
        Index("ix_audit_entries_account", "account_id", "occurred_at", "sequence"),
        Index("ix_audit_entries_time", "occurred_at", "account_id", "sequence"),
        Index("ix_audit_entries_actor", "actor_id", "occurred_at", "account_id", "sequence"),
        Index("ix_audit_entries_action", "action", "occurred_at", "account_id", "sequence"),
    )

    account_id: Mapped[str] = mapped_column(ACCOUNT_ID, primary_key=True)
    sequence: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    occurred_at: Mapped[datetime] = mapped_column(Instant())
    action: Mapped[str] = mapped_column(String(64))
    actor_id: Mapped[str] = mapped_column(String(128))
    actor_kind: Mapped[str] = mapped_column(String(8))
    actor_name: Mapped[str] = mapped_column(String(128))
    address: Mapped[str | None] = mapped_column(String(45))
    subject: Mapped[str | None] = mapped_column(String(128))
    facts: Mapped[str] = mapped_column(Text)
    reason_digest: Mapped[bytes | None] = mapped_column(LargeBinary)
    previous_hash: Mapped[bytes] = mapped_column(LargeBinary)
    hash: Mapped[bytes] = mapped_column(LargeBinary)


class AuditReason(Base):
    """The words behind an entry, and what of it is personal: JSON, `{"address"?, "subject"?}`.

    The chain holds only their salted digest: they can be erased, and it still verifies.
    """

    __tablename__ = "audit_reasons"

    account_id: Mapped[str] = mapped_column(ACCOUNT_ID, primary_key=True)
    sequence: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    salt: Mapped[bytes] = mapped_column(LargeBinary)
    reason: Mapped[str] = mapped_column(Text)
    personal: Mapped[str | None] = mapped_column(Text)


class AuditAnchor(Base):
    """Where a pruned chain begins: the number and hash of the last entry that is gone.

    The application's database role may SELECT here, and nothing else.
    """

    __tablename__ = "audit_anchors"

    account_id: Mapped[str] = mapped_column(ACCOUNT_ID, primary_key=True)
    sequence: Mapped[int] = mapped_column(BigInteger)
    hash: Mapped[bytes] = mapped_column(LargeBinary)
    pruned_at: Mapped[datetime] = mapped_column(Instant())
