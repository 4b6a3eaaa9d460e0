"""What staff said of logins, and what all labels came to, week by week."""

from __future__ import annotations

import uuid
from datetime import date, datetime

from sqlalchemy import Date, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from secmon.database.tables import ACCOUNT_ID, Base, Instant


class LoginVerdict(Base):
    """Whose a login was, as somebody of the staff found on a case. `received_at` is the login's."""

    __tablename__ = "login_verdicts"
    # For the count of a week.
    __table_args__ = (Index("ix_login_verdicts_received_at", "received_at"),)

    account_id: Mapped[str] = mapped_column(ACCOUNT_ID, primary_key=True)
    event_id: Mapped[str] = mapped_column(String(64), primary_key=True)
    verdict: Mapped[str] = mapped_column(String(12))
    case_id: Mapped[uuid.UUID] = mapped_column()
    received_at: Mapped[datetime] = mapped_column(Instant())
    decided_at: Mapped[datetime] = mapped_column(Instant())
    decided_by: Mapped[str] = mapped_column(String(128))


class QualityWeek(Base):
    """The labels of the logins that came in in one week, from Monday on (UTC), as JSON (`counting`)."""

    __tablename__ = "quality_weeks"

    week: Mapped[date] = mapped_column(Date, primary_key=True)
    counts: Mapped[str] = mapped_column(Text)
    counted_at: Mapped[datetime] = mapped_column(Instant())
