"""What every domain stands on: one unit of work, column types, errors, identifiers, keys."""
