"""The database: one unit of work, statements and rows, column types, retention, migrations."""
