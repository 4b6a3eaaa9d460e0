"""Indexes that the purges go by, and the anchors that a pruned audit chain begins behind.

An entry may be deleted where an anchor of its account lies at it or after it. An anchor names an entry
that is there, by its hash, and is not the last; it only ever moves on. On PostgreSQL the role
`secmon_app`, where it exists, may read anchors and nothing else.
"""

import sqlalchemy as sa
from alembic import op

from secmon.database.migrating import LOCK_TIMEOUT_MS
from secmon.database.tables import ACCOUNT_ID, Instant

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

APPLICATION_ROLE = "secmon_app"
# (name, table, column, the rows that it holds)
INDEXES = (
    ("ix_alerts_raised_at", "alerts", "raised_at", None),
    ("ix_cases_closed_at", "cases", "closed_at", sa.text("closed_at IS NOT NULL")),
    ("ix_credential_changes_received_at", "credential_changes", "received_at", None),
    ("ix_login_events_received_at", "login_events", "received_at", None),
)

COVERED = """
    EXISTS (SELECT 1 FROM audit_anchors AS a
            WHERE a.account_id = OLD.account_id AND a.sequence >= OLD.sequence)
"""
FITS = """
    EXISTS (SELECT 1 FROM audit_entries AS e
            WHERE e.account_id = NEW.account_id AND e.sequence = NEW.sequence AND e.hash = NEW.hash)
    AND EXISTS (SELECT 1 FROM audit_entries AS e
                WHERE e.account_id = NEW.account_id AND e.sequence > NEW.sequence)
"""
MOVES_ON = "NEW.account_id = OLD.account_id AND NEW.sequence > OLD.sequence"


def upgrade() -> None:
    # First, because an index that is made concurrently belongs to no transaction: whatever fails, and
    # wherever, the migration can be run again.
    if _is_postgresql():
        _indexes_beside_the_service()
    else:
        for name, table, column, where in INDEXES:
            op.create_index(name, table, [column], sqlite_where=where)
    op.create_table(
        "audit_anchors",
        sa.Column("account_id", ACCOUNT_ID, nullable=False),
        sa.Column("sequence", sa.BigInteger(), nullable=False),
        sa.Column("hash", sa.LargeBinary(), nullable=False),
        sa.Column("pruned_at", Instant(), nullable=False),
        sa.PrimaryKeyConstraint("account_id", name="pk_audit_anchors"),
    )
    if _is_postgresql():
        _guard_on_postgresql()
        _revoke(APPLICATION_ROLE)
    else:
        _guard_on_sqlite()


def _is_postgresql() -> bool:
    return op.get_bind().dialect.name == "postgresql"


def _indexes_beside_the_service() -> None:
    with op.get_context().autocommit_block():
        # This waits for others' transactions to end, and makes nobody wait: no reason to give up.
        op.execute("SET lock_timeout = 0")
        for name, table, column, where in INDEXES:
            # What an attempt that failed has left is there, and not valid.
            op.drop_index(name, table, postgresql_concurrently=True, if_exists=True)
            op.create_index(name, table, [column], postgresql_concurrently=True, postgresql_where=where)
        op.execute(f"SET lock_timeout = {LOCK_TIMEOUT_MS}")


def _guard_on_postgresql() -> None:
    _function("audit_entries_covered", COVERED, "OLD")
    _function("audit_anchors_fit", f"(TG_OP = 'INSERT' OR {MOVES_ON}) AND {FITS}", "NEW")
    for name, when, each, function in (
        ("audit_entries_stay", "UPDATE OR TRUNCATE ON audit_entries", "STATEMENT", "audit_entries_stay"),
        ("audit_entries_covered", "DELETE ON audit_entries", "ROW", "audit_entries_covered"),
        ("audit_anchors_stay", "DELETE OR TRUNCATE ON audit_anchors", "STATEMENT", "audit_entries_stay"),
        ("audit_anchors_fit", "INSERT OR UPDATE ON audit_anchors", "ROW", "audit_anchors_fit"),
    ):
        _trigger(name, when, each, function)


def _function(name: str, condition: str, row: str) -> None:
    op.execute(
        f"""
        CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS
        $$ BEGIN
            IF {condition} THEN RETURN {row}; END IF;
            RAISE EXCEPTION 'audit entries are append-only' USING ERRCODE = 'insufficient_privilege';
        END $$
        """
    )


def _trigger(name: str, when: str, each: str, function: str) -> None:
    """Replaced where it is there: dropping one first would lock readers out."""
    op.execute(
        f"CREATE OR REPLACE TRIGGER {name} BEFORE {when} FOR EACH {each} EXECUTE FUNCTION {function}()"
    )


def _guard_on_sqlite() -> None:
    op.execute("DROP TRIGGER audit_entries_stay_delete")
    for name, when, condition in (
        ("audit_entries_stay_delete", "DELETE ON audit_entries", COVERED),
        ("audit_anchors_stay", "DELETE ON audit_anchors", "0"),
        ("audit_anchors_fit", "INSERT ON audit_anchors", FITS),
        ("audit_anchors_move_on", "UPDATE ON audit_anchors", f"{MOVES_ON} AND {FITS}"),
    ):
        op.execute(
            f"CREATE TRIGGER {name} BEFORE {when} WHEN NOT ({condition}) "
            "BEGIN SELECT RAISE(ABORT, 'audit entries are append-only'); END"
        )


def _revoke(role: str) -> None:
    """Takes back what 0006 gives the role on every table to come."""
    found = sa.text("SELECT 1 FROM pg_roles WHERE rolname = :role").bindparams(role=role)
    if op.get_bind().execute(found).first() is not None:
        op.execute(f"REVOKE INSERT, UPDATE, DELETE, TRUNCATE ON audit_anchors FROM {role}")


def downgrade() -> None:
    if op.get_bind().execute(sa.text("SELECT 1 FROM audit_anchors LIMIT 1")).first() is not None:
        raise RuntimeError("audit chains were pruned: without their anchors they could not be proven")
    if _is_postgresql():
        _trigger(
            "audit_entries_stay",
            "UPDATE OR DELETE OR TRUNCATE ON audit_entries",
            "STATEMENT",
            "audit_entries_stay",
        )
        op.execute("DROP TRIGGER audit_entries_covered ON audit_entries")
    else:
        op.execute("DROP TRIGGER audit_entries_stay_delete")
        op.execute(
            "CREATE TRIGGER audit_entries_stay_delete BEFORE DELETE ON audit_entries "
            "BEGIN SELECT RAISE(ABORT, 'audit entries are append-only'); END"
        )
    op.drop_table("audit_anchors")
    if _is_postgresql():
        for function in ("audit_entries_covered", "audit_anchors_fit"):
            op.execute(f"DROP FUNCTION {function}()")
    for name, table, _column, _where in INDEXES:
        op.drop_index(name, table)
