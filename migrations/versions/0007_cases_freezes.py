"""Cases with their notes, identity checks and approvals; freezes."""

import sqlalchemy as sa
from alembic import op

from secmon.database.tables import ACCOUNT_ID, Instant

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

PERSON_ID = sa.String(128)


def upgrade() -> None:
    _cases()
    _notes()
    _identity_checks()
    _approvals()
    _freezes()


def _cases() -> None:
    op.create_table(
        "cases",
        sa.Column("account_id", ACCOUNT_ID, nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("reference", sa.String(16), nullable=False),
        sa.Column("category", sa.String(10), nullable=False),
        sa.Column("channel", sa.String(10), nullable=False),
        sa.Column("subject", sa.String(200), nullable=False),
        sa.Column("summary", sa.Text(), nullable=True),
        sa.Column("status", sa.String(16), nullable=False),
        sa.Column("priority", sa.String(8), nullable=False),
        sa.Column("assignee", PERSON_ID, nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("links", sa.Text(), nullable=False),
        sa.Column("holds_freeze", sa.Boolean(), nullable=False),
        sa.Column("opened_at", Instant(), nullable=False),
        sa.Column("opened_by", PERSON_ID, nullable=False),
        sa.Column("first_response_due_at", Instant(), nullable=False),
        sa.Column("first_responded_at", Instant(), nullable=True),
        sa.Column("resolution_due_at", Instant(), nullable=False),
        sa.Column("due_at", Instant(), nullable=True),
        sa.Column("overdue_told", sa.Boolean(), nullable=False),
        sa.Column("stopped_at", Instant(), nullable=True),
        sa.Column("stood_still_s", sa.Integer(), nullable=False),
        sa.Column("resolved_at", Instant(), nullable=True),
        sa.Column("closed_at", Instant(), nullable=True),
        sa.PrimaryKeyConstraint("account_id", "case_id", name="pk_cases"),
    )
    op.create_index("ix_cases_case_id", "cases", ["case_id"])
    op.create_index("ix_cases_status", "cases", ["status", "case_id"])
    op.create_index("ix_cases_category", "cases", ["category", "status", "case_id"])
    op.create_index("ix_cases_assignee", "cases", ["assignee", "case_id"])
    op.create_index("ix_cases_reference", "cases", ["reference"])
    running = sa.text("due_at IS NOT NULL")
    op.create_index("ix_cases_due", "cases", ["due_at"], postgresql_where=running, sqlite_where=running)


def _notes() -> None:
    op.create_table(
        "case_notes",
        sa.Column("account_id", ACCOUNT_ID, nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("note_id", sa.Uuid(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("internal", sa.Boolean(), nullable=False),
        sa.Column("written_at", Instant(), nullable=False),
        sa.Column("written_by", PERSON_ID, nullable=False),
        sa.Column("writer_name", sa.String(128), nullable=False),
        _of_a_case("case_notes"),
        sa.PrimaryKeyConstraint("account_id", "case_id", "note_id", name="pk_case_notes"),
    )
    op.create_index("ix_case_notes_written", "case_notes", ["account_id", "written_at", "note_id"])


def _identity_checks() -> None:
    op.create_table(
        "case_identity_checks",
        sa.Column("account_id", ACCOUNT_ID, nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("check_id", sa.Uuid(), nullable=False),
        sa.Column("nth", sa.Integer(), nullable=False),
        sa.Column("method", sa.String(20), nullable=False),
        sa.Column("outcome", sa.String(8), nullable=False),
        sa.Column("evidence_ref", sa.String(200), nullable=True),
        sa.Column("checked_at", Instant(), nullable=False),
        sa.Column("checked_by", PERSON_ID, nullable=False),
        _of_a_case("case_identity_checks"),
        sa.PrimaryKeyConstraint("account_id", "case_id", "check_id", name="pk_case_identity_checks"),
    )


def _approvals() -> None:
    op.create_table(
        "approvals",
        sa.Column("account_id", ACCOUNT_ID, nullable=False),
        sa.Column("request_id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("about", sa.Uuid(), nullable=True),
        sa.Column("status", sa.String(8), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("requested_at", Instant(), nullable=False),
        sa.Column("requested_by", PERSON_ID, nullable=False),
        sa.Column("decided_at", Instant(), nullable=True),
        sa.Column("decided_by", PERSON_ID, nullable=True),
        sa.Column("note", sa.Text(), nullable=True),
        _of_a_case("approvals"),
        sa.PrimaryKeyConstraint("account_id", "request_id", name="pk_approvals"),
    )


def _freezes() -> None:
    op.create_table(
        "freezes",
        sa.Column("account_id", ACCOUNT_ID, nullable=False),
        sa.Column("freeze_id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("reason", sa.String(20), nullable=False),
        sa.Column("status", sa.String(8), nullable=False),
        sa.Column("frozen_at", Instant(), nullable=False),
        sa.Column("frozen_by", PERSON_ID, nullable=False),
        sa.Column("lifted_at", Instant(), nullable=True),
        sa.Column("lifted_by", PERSON_ID, nullable=True),
        sa.PrimaryKeyConstraint("account_id", "freeze_id", name="pk_freezes"),
    )
    active = sa.text("status = 'active'")
    op.create_index(
        "uq_freezes_active",
        "freezes",
        ["account_id"],
        unique=True,
        postgresql_where=active,
        sqlite_where=active,
    )


def _of_a_case(table: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        ["account_id", "case_id"],
        ["cases.account_id", "cases.case_id"],
        name=f"fk_{table}_account_id_case_id",
    )


def downgrade() -> None:
    for table in ("freezes", "approvals", "case_identity_checks", "case_notes", "cases"):
        op.drop_table(table)
