"""What every domain stands on and imports nothing: errors, identifiers, clocks, pages of lists."""
