"""Alembic migrations: numbered, named, one head, reversible. Shipped with the package."""
