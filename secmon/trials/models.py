"""What became of the policies that were tried."""

from __future__ import annotations

import uuid
from datetime import datetime

from sqlalchemy import BigInteger, Float, Index, Integer, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from secmon.database.tables import ACCOUNT_ID, Base, Instant


class Backtest(Base):
    """Stored logins judged again under a draft, account by account, by whichever worker holds the lease.

    `after_account` is the last account that is done with, and counted: a worker that dies loses only what
    it had begun since.
    """

    __tablename__ = "policy_backtests"
    __table_args__ = (Index("ix_policy_backtests_state", "state", "created_at"),)

    backtest_id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    document: Mapped[str] = mapped_column(Text)
    policy_version: Mapped[int] = mapped_column(Integer)
    since: Mapped[datetime | None] = mapped_column(Instant())
    until: Mapped[datetime | None] = mapped_column(Instant())
    sample: Mapped[float] = mapped_column(Float)
    state: Mapped[str] = mapped_column(String(8))
    created_at: Mapped[datetime] = mapped_column(Instant())
    created_by: Mapped[str] = mapped_column(String(128))
    finished_at: Mapped[datetime | None] = mapped_column(Instant())
    leased_until: Mapped[datetime | None] = mapped_column(Instant())
    attempts: Mapped[int] = mapped_column(Integer)
    after_account: Mapped[str] = mapped_column(ACCOUNT_ID)
    accounts_done: Mapped[int] = mapped_column(BigInteger)
    accounts_total: Mapped[int | None] = mapped_column(BigInteger)


class ComparedDecisions(Base):
    """How many logins one policy decided `before` and the other `after`, in one comparison."""

    __tablename__ = "compared_decisions"

    comparison: Mapped[str] = mapped_column(String(40), primary_key=True)
    before: Mapped[str] = mapped_column(String(10), primary_key=True)
    after: Mapped[str] = mapped_column(String(10), primary_key=True)
    logins: Mapped[int] = mapped_column(BigInteger)


class ChangedDecision(Base):
    """An example: one login that the two policies of a comparison decide differently, and why."""

    __tablename__ = "changed_decisions"
    __table_args__ = (Index("ix_changed_decisions_comparison", "comparison"),)

    account_id: Mapped[str] = mapped_column(ACCOUNT_ID, primary_key=True)
    comparison: Mapped[str] = mapped_column(String(40), primary_key=True)
    event_id: Mapped[str] = mapped_column(String(64), primary_key=True)
    occurred_at: Mapped[datetime] = mapped_column(Instant())
    before: Mapped[str] = mapped_column(Text)
    after: Mapped[str] = mapped_column(Text)
