"""Which addresses are taken, and that a sentence says why another one is not."""

from __future__ import annotations

import pytest

from secmon.settings import addresses
from secmon.settings.environment import Settings, SettingsError

KEYS = {"SECMON_KEYS": "test=" + "A" * 43 + "="}


@pytest.mark.parametrize(
    "url",
    [
        "sqlite:////var/lib/secmon.db",
        "sqlite:///secmon.db",
        "sqlite+pysqlite:///secmon.db",
        "postgresql://secmon@db/secmon",
        "postgresql+psycopg://secmon:p%40ss@db:5433/secmon?sslmode=verify-full",
        "postgresql+psycopg2://db/secmon",
        "postgresql:///secmon?host=/run/postgresql",
    ],
)
def test_sqlite_files_and_postgresql_are_databases(url: str) -> None:
    assert addresses.database(url) == url


@pytest.mark.parametrize(
    "url",
    [
        "foo",
        "mysql://secmon:hunter2@db/secmon",
        "postgres://secmon:hunter2@db/secmon",
        "postgresql://secmon:hunter2@db:port/secmon",
        "sqlite://",
        "sqlite:///:memory:",
        "sqlite+aiosqlite:///secmon.db",
        "://",
    ],
)
def test_what_is_no_such_database_is_named_without_its_secret(url: str) -> None:
    with pytest.raises(SettingsError) as refused:
        Settings.from_env(KEYS | {"SECMON_DATABASE_URL": url})
    assert refused.value.problems == [f"SECMON_DATABASE_URL: {addresses.DATABASES}"]


@pytest.mark.parametrize(
    "url",
    ["memory://", "redis://cache:6379/1", "rediss://:secret@cache", "redis+sentinel://one:1,two:2/name"],
)
def test_counts_are_kept_in_memory_or_in_redis(url: str) -> None:
    assert Settings.from_env(KEYS | {"SECMON_RATE_LIMIT_STORAGE": url}).rate_limit_storage == url


@pytest.mark.parametrize(
    "url", ["foo", "memory", "memory://x", "redis://", "redis://cache:x", "memcached://m:1"]
)
def test_counts_are_kept_nowhere_else(url: str) -> None:
    with pytest.raises(SettingsError, match="SECMON_RATE_LIMIT_STORAGE: must"):
        Settings.from_env(KEYS | {"SECMON_RATE_LIMIT_STORAGE": url})


@pytest.mark.parametrize(
    "url", ["https://id.example", "https://id.example/realms/staff/", "http://127.0.0.1:9"]
)
def test_an_issuer_is_kept_letter_for_letter(url: str) -> None:
    assert Settings.from_env(KEYS | {"SECMON_OIDC_ISSUER": url}).oidc_issuer == url


@pytest.mark.parametrize(
    "url",
    ["foo", "id.example", "https://", "https://id.example:x", "https://id.example?a=1", "ftp://id.example"],
)
def test_an_issuer_is_a_url(url: str) -> None:
    with pytest.raises(SettingsError, match="SECMON_OIDC_ISSUER: must"):
        Settings.from_env(KEYS | {"SECMON_OIDC_ISSUER": url})


def test_all_that_is_wrong_is_named_at_once() -> None:
    wrong = {"SECMON_DATABASE_URL": "foo", "SECMON_OIDC_ISSUER": "foo", "SECMON_RATE_LIMIT_STORAGE": "foo"}
    with pytest.raises(SettingsError) as refused:
        Settings.from_env(KEYS | wrong)
    assert {problem.partition(":")[0] for problem in refused.value.problems} == set(wrong)
