"""Messages owed to someone: stored with the change that causes them, sent by the worker."""
