"""What came through the import; the keys that devices have shown."""

import sqlalchemy as sa
from alembic import op

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("login_events", sa.Column("imported", sa.Boolean(), nullable=True))
    op.add_column("login_events", sa.Column("proven_key", sa.String(43), nullable=True))
    op.add_column("devices", sa.Column("key_thumbprint", sa.String(43), nullable=True))
    op.add_column("devices", sa.Column("used_nonces", sa.Text(), nullable=True))


def downgrade() -> None:
    op.drop_column("devices", "used_nonces")
    op.drop_column("devices", "key_thumbprint")
    op.drop_column("login_events", "proven_key")
    op.drop_column("login_events", "imported")
