"""`account_id` leads every key, so that the same schema can be distributed by account."""

from __future__ import annotations

from sqlalchemy import Index, Table, UniqueConstraint

from secmon.house import METADATA

# What does not grow with accounts, or belongs to no account.
NOT_BY_ACCOUNT = {
    "hold_rules",
    "audit_checkpoints",
    "audit_keys",
    "clients",
    "compared_decisions",
    "denied_subjects",
    "idempotency_keys",
    "login_failure_spans",
    "password_reminding",
    "policy_backtests",
    "population_counts",
    "population_progress",
    "quality_weeks",
    "record_keys",
    "retired_signing_keys",
    "risk_policies",
    "shadow_policies",
    "signing_keys",
    "webhook_endpoints",
    "worker_duties",
}


def _by_account() -> list[Table]:
    return [table for name, table in METADATA.tables.items() if name not in NOT_BY_ACCOUNT]


def test_account_id_leads_every_primary_key() -> None:
    assert [t.name for t in _by_account() if next(iter(t.primary_key.columns)).name != "account_id"] == []


def test_account_id_leads_every_unique_constraint() -> None:
    unique = [
        (table.name, next(iter(found.columns)).name)
        for table in _by_account()
        for found in [*table.constraints, *table.indexes]
        if isinstance(found, UniqueConstraint) or (isinstance(found, Index) and found.unique)
    ]
    assert [name for name, first in unique if first != "account_id"] == []


def test_foreign_keys_stay_within_one_account() -> None:
    astray = [
        (table.name, constraint.name)
        for table in _by_account()
        for constraint in table.foreign_key_constraints
        if next(iter(constraint.column_keys)) != "account_id"
    ]
    assert astray == []


def test_the_exceptions_are_tables() -> None:
    assert not NOT_BY_ACCOUNT - set(METADATA.tables)
