"""The append-only chain: who did what to which account, when, from where and why."""
