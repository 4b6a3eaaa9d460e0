"""Holds as rows, the rules that they begin by, and what else a wallet reports of changes.

What an account's row holds of restrictions stays where it is and goes on until its time: the previous release
reads and writes it, and this one reads it beside the holds.
"""

import sqlalchemy as sa
from alembic import op

from secmon.database.migrating import LOCK_TIMEOUT_MS
from secmon.database.tables import DOCUMENT, OPTIONAL_DOCUMENT, Instant

revision = "0027"
down_revision = "0026"
branch_labels = None
depends_on = None

ACTOR = sa.String(128)


# The gate asks whose session it is.
SESSIONS, LOGINS = "ix_login_events_session", "login_events"
HAS_SESSION = sa.text("session_id IS NOT NULL")


def upgrade() -> None:
    # First, because an index that is made concurrently belongs to no transaction: whatever fails, and
    # whoever tries again, nothing else of this migration was done.
    if op.get_bind().dialect.name == "postgresql":
        with op.get_context().autocommit_block():
            # This waits for others' transactions to end, and makes nobody wait: no reason to give up.
            op.execute(sa.text("SET lock_timeout = 0"))
            op.drop_index(SESSIONS, LOGINS, postgresql_concurrently=True, if_exists=True)
            op.create_index(
                SESSIONS,
                LOGINS,
                ["account_id", "session_id"],
                postgresql_concurrently=True,
                postgresql_where=HAS_SESSION,
            )
            op.execute(sa.text(f"SET lock_timeout = {LOCK_TIMEOUT_MS}"))
    else:
        op.create_index(SESSIONS, LOGINS, ["account_id", "session_id"], sqlite_where=HAS_SESSION)
    op.create_table(
        "holds",
        sa.Column("account_id", sa.String(64), nullable=False),
        sa.Column("hold_id", sa.Uuid(), nullable=False),
        sa.Column("trigger", sa.String(32), nullable=False),
        sa.Column("clause", sa.SmallInteger(), nullable=False),
        sa.Column("subject", sa.String(80), nullable=False),
        sa.Column("actions", sa.String(200), nullable=False),
        sa.Column("cap", OPTIONAL_DOCUMENT, nullable=True),
        sa.Column("sums", DOCUMENT, nullable=False),
        sa.Column("base", DOCUMENT, nullable=False),
        sa.Column("begun_at", Instant(), nullable=False),
        sa.Column("until", Instant(), nullable=False),
        sa.Column("lifted_by", sa.String(80), nullable=False),
        sa.Column("quiet", sa.Boolean(), nullable=False),
        sa.Column("face_to_face", sa.Boolean(), nullable=False),
        sa.Column("rules_version", sa.Integer(), nullable=False),
        sa.Column("cause", sa.String(80), nullable=True),
        sa.Column("made_by", ACTOR, nullable=False),
        sa.Column("made_person", ACTOR, nullable=True),
        sa.Column("ended_at", Instant(), nullable=True),
        sa.Column("ended_by", sa.String(32), nullable=True),
        sa.Column("loosened_from", Instant(), nullable=True),
        sa.PrimaryKeyConstraint("account_id", "hold_id", name="pk_holds"),
    )
    op.create_index("ix_holds_live", "holds", ["account_id", "subject", "until"])
    op.create_index("ix_holds_until", "holds", ["until"])
    op.create_table(
        "hold_rules",
        sa.Column("version", sa.Integer(), nullable=False, autoincrement=False),
        sa.Column("preset", sa.String(32), nullable=True),
        sa.Column("document", sa.Text(), nullable=False),
        sa.Column("created_at", Instant(), nullable=False),
        sa.Column("created_by", ACTOR, nullable=False),
        sa.PrimaryKeyConstraint("version", name="pk_hold_rules"),
    )
    op.create_table(
        "gate_requests",
        sa.Column("account_id", sa.String(64), nullable=False),
        sa.Column("request_id", sa.String(64), nullable=False),
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("asked", DOCUMENT, nullable=False),
        sa.Column("payee", sa.String(64), nullable=True),
        sa.Column("asked_at", Instant(), nullable=False),
        sa.Column("decision", sa.String(8), nullable=False),
        sa.Column("reasons", sa.String(200), nullable=False),
        sa.Column("counted", DOCUMENT, nullable=False),
        sa.Column("proven_at", Instant(), nullable=True),
        sa.Column("proven_by", sa.String(16), nullable=True),
        sa.Column("spent_at", Instant(), nullable=True),
        sa.PrimaryKeyConstraint("account_id", "request_id", name="pk_gate_requests"),
    )
    op.create_index("ix_gate_requests_asked_at", "gate_requests", ["asked_at"])
    op.create_table(
        "hold_appeals",
        sa.Column("account_id", sa.String(64), nullable=False),
        sa.Column("appeal_id", sa.Uuid(), nullable=False),
        sa.Column("hold_id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("status", sa.String(8), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("asked_at", Instant(), nullable=False),
        sa.Column("asked_by", ACTOR, nullable=False),
        sa.Column("asked_person", ACTOR, nullable=True),
        sa.Column("decided_at", Instant(), nullable=True),
        sa.Column("decided_by", ACTOR, nullable=True),
        sa.Column("note", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("account_id", "appeal_id", name="pk_hold_appeals"),
    )
    op.create_index("ix_hold_appeals_hold", "hold_appeals", ["account_id", "hold_id"])
    # PostgreSQL reads and rewrites nothing for a type that is longer.
    with op.batch_alter_table("credential_changes") as changes:
        changes.alter_column("credential", type_=sa.String(16), existing_type=sa.String(8))
    op.add_column("credential_changes", sa.Column("payee", sa.String(64), nullable=True))
    op.add_column("credential_changes", sa.Column("former_limit", OPTIONAL_DOCUMENT, nullable=True))


def downgrade() -> None:
    op.drop_index(SESSIONS, LOGINS)
    op.drop_index("ix_hold_appeals_hold", "hold_appeals")
    op.drop_table("hold_appeals")
    op.drop_index("ix_gate_requests_asked_at", "gate_requests")
    op.drop_table("gate_requests")
    op.drop_column("credential_changes", "former_limit")
    op.drop_column("credential_changes", "payee")
    op.drop_table("hold_rules")
    op.drop_index("ix_holds_until", "holds")
    op.drop_index("ix_holds_live", "holds")
    op.drop_table("holds")
