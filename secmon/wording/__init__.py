"""Everything that people read, in both languages; it is looked up by codes and filled with facts."""
