"""The record is sealed: MACs of audit entries, the keys that make them, and signed checkpoints of all chains.

And whom of an identity provider's people this service no longer listens to. Entries of before have no
MAC, and neither have those of the previous release while it still runs. On PostgreSQL the role
`secmon_app`, where it exists, may add to the new tables of the record and change nothing in them, but for
putting a key under another key of the ring.
"""

import sqlalchemy as sa
from alembic import op

from secmon.database.tables import ACCOUNT_ID, Instant

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None

APPLICATION_ROLE = "secmon_app"
KEYS = {"audit_keys": "sealed_key", "record_keys": "private_key"}
APPENDED_TO = ("audit_checkpoints", "audit_checkpoint_heads")


def upgrade() -> None:
    postgresql = op.get_bind().dialect.name == "postgresql"
    op.add_column("audit_entries", sa.Column("key_id", sa.Uuid(), nullable=True))
    op.add_column("audit_entries", sa.Column("mac", sa.LargeBinary(), nullable=True))
    _keys()
    _checkpoints()
    op.create_table(
        "denied_subjects",
        sa.Column("subject", sa.String(128), nullable=False),
        sa.Column("denied_at", Instant(), nullable=False),
        sa.Column("denied_by", sa.String(128), nullable=False),
        sa.Column("reason", sa.String(200), nullable=False),
        sa.PrimaryKeyConstraint("subject", name="pk_denied_subjects"),
    )
    for table in APPENDED_TO:
        _guard(table, postgresql=postgresql)
    if postgresql:
        _revoke(APPLICATION_ROLE)


def _keys() -> None:
    op.create_table(
        "audit_keys",
        sa.Column("key_id", sa.Uuid(), nullable=False),
        sa.Column("sealed_key", sa.LargeBinary(), nullable=False),
        sa.Column("created_at", Instant(), nullable=False),
        sa.PrimaryKeyConstraint("key_id", name="pk_audit_keys"),
    )
    op.create_table(
        "record_keys",
        sa.Column("kid", sa.String(43), nullable=False),
        sa.Column("private_key", sa.LargeBinary(), nullable=False),
        sa.Column("created_at", Instant(), nullable=False),
        sa.PrimaryKeyConstraint("kid", name="pk_record_keys"),
    )


def _checkpoints() -> None:
    op.create_table(
        "audit_checkpoints",
        sa.Column("number", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("made_at", Instant(), nullable=False),
        sa.Column("through", Instant(), nullable=True),
        sa.Column("statement", sa.Text(), nullable=False),
        sa.Column("signature", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("number", name="pk_audit_checkpoints"),
    )
    op.create_table(
        "audit_checkpoint_heads",
        sa.Column("account_id", ACCOUNT_ID, nullable=False),
        sa.Column("number", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("sequence", sa.BigInteger(), nullable=False),
        sa.Column("hash", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("account_id", "number", name="pk_audit_checkpoint_heads"),
    )
    op.create_index("ix_audit_checkpoint_heads_number", "audit_checkpoint_heads", ["number"])


def _guard(table: str, *, postgresql: bool) -> None:
    """Nobody changes what was signed; whoever owns the table may remove what is old."""
    if postgresql:
        op.execute(
            f"CREATE TRIGGER {table}_stay BEFORE UPDATE OR TRUNCATE ON {table} "
            "FOR EACH STATEMENT EXECUTE FUNCTION audit_entries_stay()"
        )
    else:
        op.execute(
            f"CREATE TRIGGER {table}_stay BEFORE UPDATE ON {table} "
            "BEGIN SELECT RAISE(ABORT, 'audit entries are append-only'); END"
        )


def _revoke(role: str) -> None:
    """Takes back some of what 0006 gives the role on every table to come."""
    found = sa.text("SELECT 1 FROM pg_roles WHERE rolname = :role").bindparams(role=role)
    if op.get_bind().execute(found).first() is None:
        return
    for table in (*APPENDED_TO, *KEYS):
        op.execute(f"REVOKE UPDATE, DELETE, TRUNCATE ON {table} FROM {role}")
    # A rotation of the key ring puts them under another key.
    for table, column in KEYS.items():
        op.execute(f"GRANT UPDATE ({column}) ON {table} TO {role}")


def downgrade() -> None:
    if op.get_bind().execute(sa.text("SELECT 1 FROM audit_keys LIMIT 1")).first() is not None:
        raise RuntimeError("audit entries were sealed: without their keys they could not be proven")
    for table in ("denied_subjects", *APPENDED_TO, *KEYS):
        op.drop_table(table)
    op.drop_column("audit_entries", "mac")
    op.drop_column("audit_entries", "key_id")
