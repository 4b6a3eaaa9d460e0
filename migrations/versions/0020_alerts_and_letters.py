"""An alert says where its logins came from, and each place has one; letters are counted by the hour.

Alerts of one device and day are no longer one: the constraint goes, and its index is one that bears several.
"""

from typing import Any

import sqlalchemy as sa
from alembic import op

from secmon.database.migrating import LOCK_TIMEOUT_MS
from secmon.database.tables import ACCOUNT_ID, DOCUMENT, Instant

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None

TABLE, INDEX, CONSTRAINT = "alerts", "ix_alerts_device", "uq_alerts_account_device_day"
KEY = ["account_id", "device_key", "day"]
COLUMNS: dict[str, sa.types.TypeEngine[Any]] = {
    "network": sa.String(length=64),
    "anonymizer": sa.Boolean(),
    "traits": sa.Text(),
    "city_found": sa.Boolean(),
    "vouched": sa.Boolean(),
}


def upgrade() -> None:
    if op.get_bind().dialect.name == "postgresql":
        for name, kind in COLUMNS.items():
            op.add_column(TABLE, sa.Column(name, kind, nullable=True), if_not_exists=True)
        _count_letters()
        _several_beside_the_service()
        return
    with op.batch_alter_table(TABLE) as alerts:
        for name, kind in COLUMNS.items():
            alerts.add_column(sa.Column(name, kind, nullable=True))
        alerts.drop_constraint(CONSTRAINT, type_="unique")
    op.create_index(INDEX, TABLE, KEY)
    _count_letters()


def _count_letters() -> None:
    op.create_table(
        "letter_bounds",
        sa.Column("account_id", ACCOUNT_ID, nullable=False),
        sa.Column("letters_at", DOCUMENT, nullable=False),
        sa.Column("withheld", sa.Integer(), nullable=False),
        sa.Column("withheld_since", Instant(), nullable=True),
        sa.Column("due_at", Instant(), nullable=False),
        sa.PrimaryKeyConstraint("account_id", name="pk_letter_bounds"),
        if_not_exists=True,
    )
    op.create_index("ix_letter_bounds_due_at", "letter_bounds", ["due_at"], if_not_exists=True)


def _several_beside_the_service() -> None:
    with op.get_context().autocommit_block():
        # This waits for others' transactions to end, and makes nobody wait: no reason to give up.
        op.execute(sa.text("SET lock_timeout = 0"))
        # What an attempt that failed has left is there, and not valid.
        op.drop_index(INDEX, TABLE, postgresql_concurrently=True, if_exists=True)
        op.create_index(INDEX, TABLE, KEY, postgresql_concurrently=True)
        op.execute(sa.text(f"SET lock_timeout = {LOCK_TIMEOUT_MS}"))
    op.execute(sa.text(f"ALTER TABLE {TABLE} DROP CONSTRAINT IF EXISTS {CONSTRAINT}"))


def downgrade() -> None:
    op.drop_index("ix_letter_bounds_due_at", "letter_bounds")
    op.drop_table("letter_bounds")
    # Of several alerts of a device and day the first stands, as it did.
    alert = sa.table(TABLE, *(sa.column(name) for name in [*KEY, "alert_id"]))
    older = alert.alias("older")
    same = [older.c[name] == alert.c[name] for name in KEY]
    op.execute(alert.delete().where(sa.exists().where(*same, older.c.alert_id < alert.c.alert_id)))
    op.drop_index(INDEX, TABLE)
    with op.batch_alter_table(TABLE) as alerts:
        alerts.create_unique_constraint(CONSTRAINT, KEY)
        for name in COLUMNS:
            alerts.drop_column(name)
