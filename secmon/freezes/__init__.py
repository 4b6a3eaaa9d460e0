"""Freeze and unfreeze: standing, case, audit and messages in one transaction."""
