"""The entries, which nobody may change; the words of their reasons, which erasure may delete; the anchors;
the keys that vouch for all that, and the checkpoints.
"""

from __future__ import annotations

import uuid
from datetime import datetime

from sqlalchemy import BigInteger, Index, LargeBinary, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from secmon.database.tables import ACCOUNT_ID, Base, Instant


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
    # HMAC of the hash, and under which of the audit's keys; none in entries of before there were keys.
    key_id: Mapped[uuid.UUID | None]
    mac: Mapped[bytes | None] = mapped_column(LargeBinary)


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


class AuditKey(Base):
    """A key that MACs entries, under the key ring, with the moment from which every entry has a MAC.

    The application's database role may not delete one, nor change anything but `sealed_key`.
    """

    __tablename__ = "audit_keys"

    key_id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    sealed_key: Mapped[bytes] = mapped_column(LargeBinary)
    created_at: Mapped[datetime] = mapped_column(Instant())


class RecordKey(Base):
    """An ES256 key pair that signs what leaves the record; `private_key` is its JWK under the key ring."""

    __tablename__ = "record_keys"

    kid: Mapped[str] = mapped_column(String(43), primary_key=True)
    private_key: Mapped[bytes] = mapped_column(LargeBinary)
    created_at: Mapped[datetime] = mapped_column(Instant())


class AuditCheckpoint(Base):
    """A signed statement of how far the chains were: canonical JSON, and the signature of that.

    `through`: up to when every entry was looked at, where the statement is `complete`.
    """

    __tablename__ = "audit_checkpoints"

    number: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    made_at: Mapped[datetime] = mapped_column(Instant())
    through: Mapped[datetime | None] = mapped_column(Instant())
    statement: Mapped[str] = mapped_column(Text)
    signature: Mapped[str] = mapped_column(Text)


class AuditCheckpointHead(Base):
    """The last entry, at a checkpoint, of a chain that grew since the checkpoint before it."""

    __tablename__ = "audit_checkpoint_heads"
    __table_args__ = (Index("ix_audit_checkpoint_heads_number", "number"),)

    account_id: Mapped[str] = mapped_column(ACCOUNT_ID, primary_key=True)
    number: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    sequence: Mapped[int] = mapped_column(BigInteger)
    hash: Mapped[bytes] = mapped_column(LargeBinary)
