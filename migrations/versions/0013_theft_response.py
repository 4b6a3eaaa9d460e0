"""All reasons of a freeze, erasable parts of audit entries, retired public keys; what lists page by.

On SQLite, no entry of the audit takes the place of another: INSERT OR REPLACE passes the guard against
deleting.
"""

import sqlalchemy as sa
from alembic import op

from secmon.database.migrating import LOCK_TIMEOUT_MS
from secmon.database.tables import Instant

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

RUNNING = "due_at IS NOT NULL"
# (name, table, columns, the rows that it holds on PostgreSQL, on SQLite)
INDEXES = (
    ("ix_alerts_raised", "alerts", ["account_id", "raised_at", "alert_id"], None, None),
    ("ix_cases_running", "cases", ["case_id", "due_at"], RUNNING, RUNNING),
    (
        "ix_cases_untold",
        "cases",
        ["due_at"],
        f"{RUNNING} AND NOT overdue_told",
        f"{RUNNING} AND overdue_told = 0",
    ),
    ("ix_outbox_messages_time", "outbox_messages", ["account_id", "owed_at", "position"], None, None),
)


def upgrade() -> None:
    # First, because an index that is made concurrently belongs to no transaction: whatever fails, and
    # wherever, the migration can be run again.
    if _is_postgresql():
        _indexes_beside_the_service()
    else:
        for name, table, columns, _, where in INDEXES:
            op.create_index(name, table, columns, sqlite_where=None if where is None else sa.text(where))
        op.execute(
            "CREATE TRIGGER audit_entries_stay_insert BEFORE INSERT ON audit_entries WHEN EXISTS "
            "(SELECT 1 FROM audit_entries WHERE account_id = NEW.account_id AND sequence = NEW.sequence) "
            "BEGIN SELECT RAISE(ABORT, 'audit entries are append-only'); END"
        )
    op.add_column("freezes", sa.Column("later_reasons", sa.Text(), nullable=False, server_default=""))
    op.add_column("audit_reasons", sa.Column("personal", sa.Text(), nullable=True))
    op.create_table(
        "retired_signing_keys",
        sa.Column("kid", sa.String(43), nullable=False),
        sa.Column("public_key", sa.Text(), nullable=False),
        sa.Column("created_at", Instant(), nullable=False),
        sa.Column("retired_at", Instant(), nullable=False),
        sa.PrimaryKeyConstraint("kid", name="pk_retired_signing_keys"),
    )


def _is_postgresql() -> bool:
    return op.get_bind().dialect.name == "postgresql"


def _indexes_beside_the_service() -> None:
    with op.get_context().autocommit_block():
        # This waits for others' transactions to end, and makes nobody wait: no reason to give up.
        op.execute("SET lock_timeout = 0")
        for name, table, columns, where, _ in INDEXES:
            # What an attempt that failed has left is there, and not valid.
            op.drop_index(name, table, postgresql_concurrently=True, if_exists=True)
            op.create_index(
                name,
                table,
                columns,
                postgresql_concurrently=True,
                postgresql_where=None if where is None else sa.text(where),
            )
        op.execute(f"SET lock_timeout = {LOCK_TIMEOUT_MS}")


def downgrade() -> None:
    personal = sa.text("SELECT 1 FROM audit_reasons WHERE personal IS NOT NULL LIMIT 1")
    if op.get_bind().execute(personal).first() is not None:
        raise RuntimeError("audit entries have erasable parts: without them they could not be proven")
    op.drop_table("retired_signing_keys")
    op.drop_column("audit_reasons", "personal")
    op.drop_column("freezes", "later_reasons")
    if not _is_postgresql():
        op.execute("DROP TRIGGER audit_entries_stay_insert")
    for name, table, _, _, _ in INDEXES:
        op.drop_index(name, table)
