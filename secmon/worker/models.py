"""One row a duty: how it went last, over all workers."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import BigInteger, String
from sqlalchemy.orm import Mapped, mapped_column

from secmon.database.tables import Base, Instant


class DutyRecord(Base):
    """`done` and `failures` only grow; they are what the metrics count."""

    __tablename__ = "worker_duties"

    duty: Mapped[str] = mapped_column(String(40), primary_key=True)
    last_run_at: Mapped[datetime] = mapped_column(Instant())
    last_success_at: Mapped[datetime | None] = mapped_column(Instant())
    last_error: Mapped[str | None] = mapped_column(String(200))
    done: Mapped[int] = mapped_column(BigInteger)
    failures: Mapped[int] = mapped_column(BigInteger)
