"""The latest devices that an account is known by, from an index; the headers that a stored answer had."""

import sqlalchemy as sa
from alembic import op

from secmon.database.migrating import LOCK_TIMEOUT_MS

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

NAME, TABLE, COLUMNS = "ix_devices_known", "devices", ["account_id", "last_seen_at"]
KNOWN = sa.text("known_since IS NOT NULL")


def upgrade() -> None:
    # First, because an index that is made concurrently belongs to no transaction: whatever fails, and
    # wherever, the migration can be run again.
    if op.get_bind().dialect.name == "postgresql":
        _index_beside_the_service()
    else:
        op.create_index(NAME, TABLE, COLUMNS, sqlite_where=KNOWN)
    op.add_column("idempotency_keys", sa.Column("headers", sa.Text(), nullable=True))


def _index_beside_the_service() -> None:
    with op.get_context().autocommit_block():
        # This waits for others' transactions to end, and makes nobody wait: no reason to give up.
        op.execute("SET lock_timeout = 0")
        # What an attempt that failed has left is there, and not valid.
        op.drop_index(NAME, TABLE, postgresql_concurrently=True, if_exists=True)
        op.create_index(NAME, TABLE, COLUMNS, postgresql_concurrently=True, postgresql_where=KNOWN)
        op.execute(f"SET lock_timeout = {LOCK_TIMEOUT_MS}")


def downgrade() -> None:
    op.drop_column("idempotency_keys", "headers")
    op.drop_index(NAME, TABLE)
