"""The policies that ever were in force, and those that were judged beside them."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Integer, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from secmon.database.tables import Base, Instant


class StoredPolicy(Base):
    """The highest version is in force; without any, the shipped policy is, as version 0.

    `origin` is where the document came from, as JSON: `{"preset": "strict"}`, or the basis of a budget of
    challenges (`policies.budgets`); empty for a document that somebody wrote.
    """

    __tablename__ = "risk_policies"

    version: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    document: Mapped[str] = mapped_column(Text)
    created_at: Mapped[datetime] = mapped_column(Instant())
    created_by: Mapped[str] = mapped_column(String(128))
    origin: Mapped[str | None] = mapped_column(Text)


class ShadowPolicy(Base):
    """A policy judged beside the live one without effect: the one that has not ended, if any.

    Ended ones stay, so that no version is ever given twice.
    """

    __tablename__ = "shadow_policies"

    version: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    document: Mapped[str] = mapped_column(Text)
    created_at: Mapped[datetime] = mapped_column(Instant())
    created_by: Mapped[str] = mapped_column(String(128))
    ended_at: Mapped[datetime | None] = mapped_column(Instant())
