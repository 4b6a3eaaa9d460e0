"""The frame of every route: who calls, one transaction, strict input, honest errors. Knows no domain."""
