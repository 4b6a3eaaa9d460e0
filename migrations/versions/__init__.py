"""One file a migration: `NNNN_what_it_adds.py`."""
