"""Alembic's entry: runs on the connection that `secmon.database.migrating` hands over, one lock at a time."""

from alembic import context

from secmon.house import METADATA

connection = context.config.attributes["connection"]
context.configure(
    connection=connection,
    target_metadata=METADATA,
    render_as_batch=connection.dialect.name == "sqlite",
    transaction_per_migration=True,
    # SQLite rolls DDL back as well; our connections begin their transactions explicitly.
    transactional_ddl=True,
    compare_type=True,
)
with context.begin_transaction():
    context.run_migrations()
