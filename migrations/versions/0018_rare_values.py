"""Values of logins that hardly anybody has, kept with the account that has them."""

import sqlalchemy as sa
from alembic import op

from secmon.database.tables import ACCOUNT_ID

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "population_rare",
        sa.Column("account_id", ACCOUNT_ID, nullable=False),
        sa.Column("level", sa.String(length=8), nullable=False),
        sa.Column("value", sa.String(length=255), nullable=False),
        sa.Column("count", sa.Float(), nullable=False),
        sa.PrimaryKeyConstraint("account_id", "level", "value", name="pk_population_rare"),
    )
    op.create_index("ix_population_rare_value", "population_rare", ["level", "value"])


def downgrade() -> None:
    op.drop_table("population_rare")
