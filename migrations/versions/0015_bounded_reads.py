"""Reads that are bounded however loud a device is or however many values the population has.

The index on installs alone goes: the one that names accounts behind them answers what it did.
"""

import sqlalchemy as sa
from alembic import op

from secmon.database.migrating import LOCK_TIMEOUT_MS

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

NEW = (
    ("ix_devices_install", "devices", ["install_id", "account_id"]),
    ("ix_population_counts_common", "population_counts", ["level", "count"]),
)
OLD = ("ix_devices_install_id", "devices", ["install_id"])


def upgrade() -> None:
    if op.get_bind().dialect.name == "postgresql":
        _change_beside_the_service()
        return
    for name, table, columns in NEW:
        op.create_index(name, table, columns)
    op.drop_index(OLD[0], OLD[1])


def _change_beside_the_service() -> None:
    with op.get_context().autocommit_block():
        # This waits for others' transactions to end, and makes nobody wait: no reason to give up.
        op.execute(sa.text("SET lock_timeout = 0"))
        for name, table, columns in NEW:
            # What an attempt that failed has left is there, and not valid.
            op.drop_index(name, table, postgresql_concurrently=True, if_exists=True)
            op.create_index(name, table, columns, postgresql_concurrently=True)
        op.drop_index(OLD[0], OLD[1], postgresql_concurrently=True, if_exists=True)
        op.execute(sa.text(f"SET lock_timeout = {LOCK_TIMEOUT_MS}"))


def downgrade() -> None:
    op.create_index(*OLD)
    for name, table, _ in reversed(NEW):
        op.drop_index(name, table)
