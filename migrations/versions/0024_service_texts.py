"""What the service itself says in cases, as codes and facts beside the English."""

import sqlalchemy as sa
from alembic import op

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None

COLUMNS = (
    ("cases", "subject_said"),
    ("cases", "summary_said"),
    ("case_notes", "text_said"),
    ("approvals", "note_said"),
)


def upgrade() -> None:
    for table, column in COLUMNS:
        op.add_column(table, sa.Column(column, sa.Text(), nullable=True))


def downgrade() -> None:
    for table, column in reversed(COLUMNS):
        op.drop_column(table, column)
