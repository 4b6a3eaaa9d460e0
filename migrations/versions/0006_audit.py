"""The audit chain: entries that nobody changes, and the erasable words of their reasons.

On PostgreSQL the role `secmon_app`, where it exists, may do everything to the service's tables but
change or delete an entry. A trigger says the same to every role, and to SQLite, which has no roles.
"""

import sqlalchemy as sa
from alembic import op

from secmon.database.tables import ACCOUNT_ID, Instant

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

APPLICATION_ROLE = "secmon_app"


def upgrade() -> None:
    op.create_table(
        "audit_entries",
        sa.Column("account_id", ACCOUNT_ID, nullable=False),
        sa.Column("sequence", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("occurred_at", Instant(), nullable=False),
        sa.Column("action", sa.String(64), nullable=False),
        sa.Column("actor_id", sa.String(128), nullable=False),
        sa.Column("actor_kind", sa.String(8), nullable=False),
        sa.Column("actor_name", sa.String(128), nullable=False),
        sa.Column("address", sa.String(45), nullable=True),
        sa.Column("subject", sa.String(128), nullable=True),
        sa.Column("facts", sa.Text(), nullable=False),
        sa.Column("reason_digest", sa.LargeBinary(), nullable=True),
        sa.Column("previous_hash", sa.LargeBinary(), nullable=False),
        sa.Column("hash", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("account_id", "sequence", name="pk_audit_entries"),
    )
    for name, columns in {
        "ix_audit_entries_account": ["account_id", "occurred_at", "sequence"],
        "ix_audit_entries_time": ["occurred_at", "account_id", "sequence"],
        "ix_audit_entries_actor": ["actor_id", "occurred_at", "account_id", "sequence"],
        "ix_audit_entries_action": ["action", "occurred_at", "account_id", "sequence"],
    }.items():
        op.create_index(name, "audit_entries", columns)
    op.create_table(
        "audit_reasons",
        sa.Column("account_id", ACCOUNT_ID, nullable=False),
        sa.Column("sequence", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("salt", sa.LargeBinary(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("account_id", "sequence", name="pk_audit_reasons"),
    )
    if op.get_bind().dialect.name == "postgresql":
        _guard_on_postgresql()
        _grant(APPLICATION_ROLE)
    else:
        _guard_on_sqlite()


def _guard_on_postgresql() -> None:
    op.execute(
        """
        CREATE FUNCTION audit_entries_stay() RETURNS trigger LANGUAGE plpgsql AS
        $$ BEGIN
            RAISE EXCEPTION 'audit entries are append-only' USING ERRCODE = 'insufficient_privilege';
        END $$
        """
    )
    op.execute(
        """
        CREATE TRIGGER audit_entries_stay BEFORE UPDATE OR DELETE OR TRUNCATE ON audit_entries
        FOR EACH STATEMENT EXECUTE FUNCTION audit_entries_stay()
        """
    )


def _guard_on_sqlite() -> None:
    for verb in ("UPDATE", "DELETE"):
        op.execute(
            f"CREATE TRIGGER audit_entries_stay_{verb.lower()} BEFORE {verb} ON audit_entries "
            "BEGIN SELECT RAISE(ABORT, 'audit entries are append-only'); END"
        )


def _grant(role: str) -> None:
    """The tables that are there, and those that later migrations of the same owner bring."""
    found = sa.text("SELECT 1 FROM pg_roles WHERE rolname = :role").bindparams(role=role)
    if op.get_bind().execute(found).first() is None:
        return
    everything = "SELECT, INSERT, UPDATE, DELETE"
    op.execute(f"GRANT {everything} ON ALL TABLES IN SCHEMA public TO {role}")
    op.execute(f"ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT {everything} ON TABLES TO {role}")
    op.execute(f"REVOKE UPDATE, DELETE, TRUNCATE ON audit_entries FROM {role}")


def downgrade() -> None:
    op.drop_table("audit_reasons")
    op.drop_table("audit_entries")
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP FUNCTION audit_entries_stay()")
