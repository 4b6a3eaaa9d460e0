"""An account's second factor, its unused recovery codes, and the enrolment that waits for its first code."""

from __future__ import annotations

import uuid
from datetime import datetime

from sqlalchemy import BigInteger, Index, Integer, LargeBinary, SmallInteger, String, Uuid, text
from sqlalchemy.orm import Mapped, mapped_column

from secmon.database.tables import ACCOUNT_ID, Base, Instant


class SecondFactor(Base):
    """Without a `seed` no factor is enrolled, and the row only counts failures.

    An account without a factor counts them just so: nobody can tell by trying. `seed` and
    `recovery_key` are sealed under the key ring. The parameters are those of the enrolment, whatever
    the setting says by now. `last_step` is the latest step that was accepted. `factor_id` is the
    enrolment's: what support is asked to reset is this factor, and not one that came after it.
    `failed_at` is when a proof was refused last.
    """

    __tablename__ = "second_factors"
    __table_args__ = (
        # The purge looks for what was guessed long ago, and not through everybody's factors.
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
    factor_id: Mapped[uuid.UUID | None] = mapped_column(Uuid())
    seed: Mapped[bytes | None] = mapped_column(LargeBinary)
    algorithm: Mapped[str | None] = mapped_column(String(8))
    digits: Mapped[int | None] = mapped_column(SmallInteger)
    period: Mapped[int | None] = mapped_column(SmallInteger)
    last_step: Mapped[int | None] = mapped_column(BigInteger)
    recovery_key: Mapped[bytes | None] = mapped_column(LargeBinary)
    enrolled_at: Mapped[datetime | None] = mapped_column(Instant())


class RecoveryCode(Base):
    """A code that was not used yet, as HMAC-SHA-256 under the row's `recovery_key`; using it deletes it."""

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
