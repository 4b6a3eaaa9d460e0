"""An account's count of wrong codes, its authenticator and recovery codes, and an enrolment that waits."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import cast

from sqlalchemy import (
    BigInteger,
    Column,
    Index,
    Integer,
    LargeBinary,
    SmallInteger,
    String,
    Table,
    Uuid,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from secmon.database.tables import ACCOUNT_ID, Base, Instant


class GuessCount(Base):
    """How many proofs were refused since one was accepted, and until when no code is judged.

    An account without a factor counts them just so: nobody can tell by trying. Whoever judges or changes
    a factor locks this row first, behind the account's. `failed_at` is when a proof was refused last.
    """

    # Of when the factor lay in the same row: docs/adr/0013-guesses-and-authenticators.md.
    __tablename__ = "second_factors"
    __table_args__ = (
        # The purge looks for what was guessed long ago, and not through everybody's counts.
        Index(
            "ix_second_factors_guessed_at",
            "failed_at",
            postgresql_where=text("failures > 0"),
            sqlite_where=text("failures > 0"),
        ),
        # The previous release's purge.
        Index(
            "ix_second_factors_failed_at",
            "failed_at",
            postgresql_where=text("seed IS NULL"),
            sqlite_where=text("seed IS NULL"),
        ),
    )

    account_id: Mapped[str] = mapped_column(ACCOUNT_ID, primary_key=True)
    failures: Mapped[int] = mapped_column(Integer, default=0)
    locked_until: Mapped[datetime | None] = mapped_column(Instant())
    failed_at: Mapped[datetime | None] = mapped_column(Instant())


# What the previous release reads and writes there. No code of this one names them, so that a later release
# can drop them while this one still runs; until then triggers keep them and the tables below alike.
for _former in (
    Column("factor_id", Uuid(), nullable=True),
    Column("seed", LargeBinary(), nullable=True),
    Column("algorithm", String(8), nullable=True),
    Column("digits", SmallInteger(), nullable=True),
    Column("period", SmallInteger(), nullable=True),
    Column("last_step", BigInteger(), nullable=True),
    Column("recovery_key", LargeBinary(), nullable=True),
    Column("enrolled_at", Instant(), nullable=True),
):
    cast(Table, GuessCount.__table__).append_column(_former)


class TotpAuthenticator(Base):
    """The one app of an account that shows codes; without a row no code is right.

    `seed` is sealed under the key ring. The parameters are those of the enrolment, whatever the setting
    says by now. `last_step` is the latest step that was accepted. `enrolment_id` tells it from one that
    comes after it: what support is asked to reset is this one.
    """

    __tablename__ = "totp_authenticators"

    account_id: Mapped[str] = mapped_column(ACCOUNT_ID, primary_key=True)
    enrolment_id: Mapped[uuid.UUID] = mapped_column(Uuid())
    seed: Mapped[bytes] = mapped_column(LargeBinary)
    algorithm: Mapped[str] = mapped_column(String(8))
    digits: Mapped[int] = mapped_column(SmallInteger)
    period: Mapped[int] = mapped_column(SmallInteger)
    last_step: Mapped[int] = mapped_column(BigInteger)
    enrolled_at: Mapped[datetime] = mapped_column(Instant())


class RecoveryCodeSet(Base):
    """The set of recovery codes that an account was shown last; `recovery_key` is sealed."""

    __tablename__ = "recovery_code_sets"

    account_id: Mapped[str] = mapped_column(ACCOUNT_ID, primary_key=True)
    recovery_key: Mapped[bytes] = mapped_column(LargeBinary)


class RecoveryCode(Base):
    """A code that was not used yet, as HMAC-SHA-256 under its set's `recovery_key`; using it deletes it."""

    __tablename__ = "recovery_codes"

    account_id: Mapped[str] = mapped_column(ACCOUNT_ID, primary_key=True)
    digest: Mapped[bytes] = mapped_column(LargeBinary(32), primary_key=True)


class TotpEnrolment(Base):
    """The one enrolment of an account that was started and not confirmed. It is no factor."""

    __tablename__ = "totp_enrolments"

    account_id: Mapped[str] = mapped_column(ACCOUNT_ID, primary_key=True)
    enrolment_id: Mapped[uuid.UUID] = mapped_column(Uuid())
    seed: Mapped[bytes] = mapped_column(LargeBinary)
    algorithm: Mapped[str] = mapped_column(String(8))
    digits: Mapped[int] = mapped_column(SmallInteger)
    period: Mapped[int] = mapped_column(SmallInteger)
    expires_at: Mapped[datetime] = mapped_column(Instant(), index=True)
