"""Webhooks: where the wallet wants to be told, and telling it."""
