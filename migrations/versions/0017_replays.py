"""What tells one event from another under its id, whose a stored answer is, and when a secret was used."""

from datetime import datetime

import sqlalchemy as sa
from alembic import op

from secmon.database.migrating import LOCK_TIMEOUT_MS
from secmon.database.tables import ACCOUNT_ID, Instant

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None

INDEX = "ix_idempotency_keys_account_id"


def upgrade() -> None:
    # Empty in what the release before stored or stores: it is then compared, erased and shown without.
    _add("login_events", sa.Column[str | None]("digest", sa.String(32), nullable=True))
    _add("clients", sa.Column[datetime | None]("secret_used_at", Instant(), nullable=True))
    _add("idempotency_keys", sa.Column[str | None]("account_id", ACCOUNT_ID, nullable=True))
    if op.get_bind().dialect.name == "postgresql":
        _index_beside_the_service()
    else:
        op.create_index(INDEX, "idempotency_keys", ["account_id"])


def _add(table: str, column: sa.Column[datetime | None] | sa.Column[str | None]) -> None:
    if op.get_bind().dialect.name == "postgresql":
        op.add_column(table, column, if_not_exists=True)
    else:
        op.add_column(table, column)


def _index_beside_the_service() -> None:
    with op.get_context().autocommit_block():
        # This waits for others' transactions to end, and makes nobody wait: no reason to give up.
        op.execute(sa.text("SET lock_timeout = 0"))
        # What an attempt that failed has left is there, and not valid.
        op.drop_index(INDEX, "idempotency_keys", postgresql_concurrently=True, if_exists=True)
        op.create_index(INDEX, "idempotency_keys", ["account_id"], postgresql_concurrently=True)
        op.execute(sa.text(f"SET lock_timeout = {LOCK_TIMEOUT_MS}"))


def downgrade() -> None:
    op.drop_index(INDEX, "idempotency_keys")
    op.drop_column("idempotency_keys", "account_id")
    op.drop_column("clients", "secret_used_at")
    op.drop_column("login_events", "digest")
