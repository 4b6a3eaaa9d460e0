"""What came through the import."""

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("login_events", sa.Column("imported", sa.Boolean(), nullable=True))


def downgrade() -> None:
    op.drop_column("login_events", "imported")
