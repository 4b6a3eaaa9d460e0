"""Who stands behind a client, a request and a check; what outlives an erasure, and who asked for one."""

import sqlalchemy as sa
from alembic import op

from secmon.database.tables import DOCUMENT, Instant

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None

PERSON_ID = sa.String(128)


def upgrade() -> None:
    op.add_column("clients", sa.Column("person_id", PERSON_ID, nullable=True))
    op.add_column("approvals", sa.Column("requested_person", PERSON_ID, nullable=True))
    op.add_column("case_identity_checks", sa.Column("checked_person", PERSON_ID, nullable=True))
    op.add_column("cases", sa.Column("last_resolved_at", Instant(), nullable=True))
    op.add_column("accounts", sa.Column("returned", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.create_table(
        "account_tombstones",
        sa.Column("account_id", sa.String(64), nullable=False),
        sa.Column("required_actions", DOCUMENT, nullable=False),
        sa.Column("restrictions", DOCUMENT, nullable=False),
        sa.Column("erased_at", Instant(), nullable=False),
        sa.Column("until", Instant(), nullable=False),
        sa.PrimaryKeyConstraint("account_id", name="pk_account_tombstones"),
    )
    op.create_index("ix_account_tombstones_until", "account_tombstones", ["until"])
    op.create_table(
        "erasure_requests",
        sa.Column("account_id", sa.String(64), nullable=False),
        sa.Column("request_id", sa.Uuid(), nullable=False),
        sa.Column("status", sa.String(8), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("requested_at", Instant(), nullable=False),
        sa.Column("requested_by", PERSON_ID, nullable=False),
        sa.Column("requested_person", PERSON_ID, nullable=False),
        sa.Column("decided_at", Instant(), nullable=True),
        sa.Column("decided_by", PERSON_ID, nullable=True),
        sa.Column("note", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("account_id", "request_id", name="pk_erasure_requests"),
    )


def downgrade() -> None:
    op.drop_table("erasure_requests")
    op.drop_index("ix_account_tombstones_until", "account_tombstones")
    op.drop_table("account_tombstones")
    op.drop_column("accounts", "returned")
    op.drop_column("cases", "last_resolved_at")
    op.drop_column("case_identity_checks", "checked_person")
    op.drop_column("approvals", "requested_person")
    op.drop_column("clients", "person_id")
