"""Cases, and what belongs to one: notes, identity checks, and requests that a second person decides.

Beside a text, a column `…_said` holds what of it the service itself says, as JSON (`wording/case_texts.py`);
none where a person wrote it.
"""

from __future__ import annotations

import uuid
from datetime import datetime

from sqlalchemy import Boolean, ForeignKeyConstraint, Index, Integer, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from secmon.database.tables import ACCOUNT_ID, Base, Instant

PERSON_ID = String(128)


class Case(Base):
    """`version` grows with whatever is shown of the case, its notes too. `links` are JSON:
    `{"freeze_id", "alert_ids", "device_ids"}`.

    `due_at` is the target that is running now, empty while the clock stands still; it stopped at
    `stopped_at`, and stood still for `stood_still_s` of working time before that.
    """

    __tablename__ = "cases"
    __table_args__ = (
        # The queue: newest first, whole or by one filter; version 7 ids sort by time.
        Index("ix_cases_case_id", "case_id"),
        Index("ix_cases_status", "status", "case_id"),
        Index("ix_cases_category", "category", "status", "case_id"),
        Index("ix_cases_assignee", "assignee", "case_id"),
        Index("ix_cases_reference", "reference"),
        Index(
            "ix_cases_due",
            "due_at",
            postgresql_where=text("due_at IS NOT NULL"),
            sqlite_where=text("due_at IS NOT NULL"),
        ),
        # What is overdue, in the order of the queue; most cases are settled, and no clock runs.
        Index(
            "ix_cases_running",
            "case_id",
            "due_at",
            postgresql_where=text("due_at IS NOT NULL"),
            sqlite_where=text("due_at IS NOT NULL"),
        ),
        # What the worker has to tell of yet.
        Index(
            "ix_cases_untold",
            "due_at",
            postgresql_where=text("due_at IS NOT NULL AND NOT overdue_told"),
            sqlite_where=text("due_at IS NOT NULL AND overdue_told = 0"),
        ),
        # For the purge.
        Index(
            "ix_cases_closed_at",
            "closed_at",
            postgresql_where=text("closed_at IS NOT NULL"),
            sqlite_where=text("closed_at IS NOT NULL"),
        ),
    )

    account_id: Mapped[str] = mapped_column(ACCOUNT_ID, primary_key=True)
    case_id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    reference: Mapped[str] = mapped_column(String(16))
    category: Mapped[str] = mapped_column(String(10))
    channel: Mapped[str] = mapped_column(String(10))
    subject: Mapped[str] = mapped_column(String(200))
    subject_said: Mapped[str | None] = mapped_column(Text)
    summary: Mapped[str | None] = mapped_column(Text)
    summary_said: Mapped[str | None] = mapped_column(Text)
    status: Mapped[str] = mapped_column(String(16))
    priority: Mapped[str] = mapped_column(String(8))
    assignee: Mapped[str | None] = mapped_column(PERSON_ID)
    version: Mapped[int] = mapped_column(Integer, default=1)
    links: Mapped[str] = mapped_column(Text)
    holds_freeze: Mapped[bool] = mapped_column(Boolean, default=False)
    opened_at: Mapped[datetime] = mapped_column(Instant())
    opened_by: Mapped[str] = mapped_column(PERSON_ID)
    first_response_due_at: Mapped[datetime] = mapped_column(Instant())
    first_responded_at: Mapped[datetime | None] = mapped_column(Instant())
    resolution_due_at: Mapped[datetime] = mapped_column(Instant())
    due_at: Mapped[datetime | None] = mapped_column(Instant())
    overdue_told: Mapped[bool] = mapped_column(Boolean, default=False)
    stopped_at: Mapped[datetime | None] = mapped_column(Instant())
    stood_still_s: Mapped[int] = mapped_column(Integer, default=0)
    resolved_at: Mapped[datetime | None] = mapped_column(Instant())
    # Stays when the case is reopened: what was checked before that is not good any more.
    last_resolved_at: Mapped[datetime | None] = mapped_column(Instant())
    closed_at: Mapped[datetime | None] = mapped_column(Instant())


def _of_a_case() -> ForeignKeyConstraint:
    return ForeignKeyConstraint(["account_id", "case_id"], ["cases.account_id", "cases.case_id"])


class Note(Base):
    """What was said on a case: among staff (`internal`), or to the owner."""

    __tablename__ = "case_notes"
    __table_args__ = (_of_a_case(), Index("ix_case_notes_written", "account_id", "written_at", "note_id"))

    account_id: Mapped[str] = mapped_column(ACCOUNT_ID, primary_key=True)
    case_id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    note_id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    text: Mapped[str] = mapped_column(Text)
    text_said: Mapped[str | None] = mapped_column(Text)
    internal: Mapped[bool] = mapped_column(Boolean)
    written_at: Mapped[datetime] = mapped_column(Instant())
    written_by: Mapped[str] = mapped_column(PERSON_ID)
    writer_name: Mapped[str] = mapped_column(String(128))


class IdentityCheck(Base):
    """Somebody of the staff looked whether the owner is the owner; `nth` counts the case's checks."""

    __tablename__ = "case_identity_checks"
    __table_args__ = (_of_a_case(),)

    account_id: Mapped[str] = mapped_column(ACCOUNT_ID, primary_key=True)
    case_id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    check_id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    nth: Mapped[int] = mapped_column(Integer)
    method: Mapped[str] = mapped_column(String(20))
    outcome: Mapped[str] = mapped_column(String(8))
    evidence_ref: Mapped[str | None] = mapped_column(String(200))
    checked_at: Mapped[datetime] = mapped_column(Instant())
    checked_by: Mapped[str] = mapped_column(PERSON_ID)
    checked_person: Mapped[str | None] = mapped_column(PERSON_ID)


class Approval(Base):
    """What one person asks for and another one decides. `about` is what it was asked of: a freeze.

    `suspected_since` is decided on with the end of a theft: what was learnt since then is taken back.
    """

    __tablename__ = "approvals"
    __table_args__ = (_of_a_case(),)

    account_id: Mapped[str] = mapped_column(ACCOUNT_ID, primary_key=True)
    request_id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    case_id: Mapped[uuid.UUID] = mapped_column()
    kind: Mapped[str] = mapped_column(String(20))
    about: Mapped[uuid.UUID | None] = mapped_column()
    status: Mapped[str] = mapped_column(String(8))
    reason: Mapped[str] = mapped_column(Text)
    requested_at: Mapped[datetime] = mapped_column(Instant())
    requested_by: Mapped[str] = mapped_column(PERSON_ID)
    suspected_since: Mapped[datetime | None] = mapped_column(Instant())
    requested_person: Mapped[str | None] = mapped_column(PERSON_ID)
    decided_at: Mapped[datetime | None] = mapped_column(Instant())
    decided_by: Mapped[str | None] = mapped_column(PERSON_ID)
    note: Mapped[str | None] = mapped_column(Text)
    note_said: Mapped[str | None] = mapped_column(Text)


class AskedErasure(Base):
    """What one person asks for and another one decides: that all is forgotten of an account without a case.

    Where it is approved, it goes with the account; the audit keeps who asked and who approved.
    """

    __tablename__ = "erasure_requests"

    account_id: Mapped[str] = mapped_column(ACCOUNT_ID, primary_key=True)
    request_id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    status: Mapped[str] = mapped_column(String(8))
    reason: Mapped[str] = mapped_column(Text)
    requested_at: Mapped[datetime] = mapped_column(Instant())
    requested_by: Mapped[str] = mapped_column(PERSON_ID)
    requested_person: Mapped[str] = mapped_column(PERSON_ID)
    decided_at: Mapped[datetime | None] = mapped_column(Instant())
    decided_by: Mapped[str | None] = mapped_column(PERSON_ID)
    note: Mapped[str | None] = mapped_column(Text)
