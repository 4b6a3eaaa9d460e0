"""The clients that may call, the keys that sign their tokens, and who is not listened to any more."""

from __future__ import annotations

import uuid
from datetime import datetime

from sqlalchemy import LargeBinary, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from secmon.database.tables import Base, Instant

LONGEST_NAME = 80
LONGEST_SUBJECT = 120
LONGEST_REASON = 200
# As long as whatever holds an actor's id: a subject of the identity provider is a person's id too.
LONGEST_PERSON = 128


class Client(Base):
    """One caller. A revoked client stays: the audit names it, and who created and revoked it.

    `person_id` says who of the staff stands behind it; empty: a person whom nothing else is known of, or the
    wallet, which is none.
    """

    __tablename__ = "clients"

    client_id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(LONGEST_NAME))
    kind: Mapped[str] = mapped_column(String(8))
    role: Mapped[str] = mapped_column(String(16))
    person_id: Mapped[str | None] = mapped_column(String(LONGEST_PERSON))
    secret_hash: Mapped[bytes] = mapped_column(LargeBinary)
    # When a token was first had for it: whoever made it need not be shown it again.
    secret_used_at: Mapped[datetime | None] = mapped_column(Instant())
    created_at: Mapped[datetime] = mapped_column(Instant())
    revoked_at: Mapped[datetime | None] = mapped_column(Instant())


class DeniedSubject(Base):
    """A person of the identity provider, by the `sub` of their tokens, who is not listened to any more."""

    __tablename__ = "denied_subjects"

    subject: Mapped[str] = mapped_column(String(128), primary_key=True)
    denied_at: Mapped[datetime] = mapped_column(Instant())
    denied_by: Mapped[str] = mapped_column(String(128))
    reason: Mapped[str] = mapped_column(String(LONGEST_REASON))


class RetiredSigningKey(Base):
    """What is left of a key pair that signs nothing any more: its public JWK, for what it once signed."""

    __tablename__ = "retired_signing_keys"

    kid: Mapped[str] = mapped_column(String(43), primary_key=True)
    public_key: Mapped[str] = mapped_column(Text)
    created_at: Mapped[datetime] = mapped_column(Instant())
    retired_at: Mapped[datetime] = mapped_column(Instant())


class SigningKey(Base):
    """An ES256 key pair; `private_key` is its JWK under the key ring, bound to `kid` (RFC 7638)."""

    __tablename__ = "signing_keys"

    kid: Mapped[str] = mapped_column(String(43), primary_key=True)
    private_key: Mapped[bytes] = mapped_column(LargeBinary)
    created_at: Mapped[datetime] = mapped_column(Instant())
    retires_at: Mapped[datetime | None] = mapped_column(Instant())
