"""What only a process of its own shows: what a restart forgets, what its log and its database hold."""

from __future__ import annotations

import base64
from pathlib import Path
from typing import Any

import httpx
import psycopg
import pytest
from psycopg import sql
from sqlalchemy import make_url

from tests.databases import fresh_database
from tests.processes import Running, environment_of, running
from tests.service import NO_TLS
from tests.twofactor.owner import Owner
from tests.twofactor.real_clock import RealClock, enrol_with_the_step_before


def _wallet(service: Running, token: str | None = None) -> httpx.Client:
    headers = {"Authorization": f"Bearer {token or service.token('wallet')}"}
    return httpx.Client(base_url=service.url, headers=headers, timeout=60, verify=NO_TLS)


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_a08_a_restart_forgets_no_failure(kind: str, tmp_path: Path, account_id: str) -> None:
    """R06: killed in the middle, not ended in order; the next process knows what the first one judged."""
    environment = environment_of(fresh_database(kind), tmp_path)
    with running(environment) as before, _wallet(before) as wallet:
        owner = enrol_with_the_step_before(Owner(wallet, RealClock(), account_id))
        assert owner.fail(4) == [403] * 4
        before.kill()
    with running(environment) as after, _wallet(after) as wallet:
        owner.wallet = wallet
        assert owner.fail(1) == [403]
        answer = owner.verify()
        assert (answer.status_code, answer.json()["code"]) == (429, "factor_locked")


def test_a39_nothing_that_is_secret_is_logged_or_stored_in_clear(tmp_path: Path, account_id: str) -> None:
    """At the noisiest level, over everything that a service writes; stored answers are there too."""
    url = fresh_database("postgresql")
    noisy = {"SECMON_LOG_LEVEL": "debug", "SECMON_ACCESS_LOG": "on"}
    environment = environment_of(url, tmp_path) | noisy
    with (tmp_path / "log").open("wb") as log, running(environment, log) as service:
        token = service.token("wallet")
        with _wallet(service, token) as wallet:
            codes = _live(Owner(wallet, RealClock(), account_id))
    written = (tmp_path / "log").read_bytes() + _dump(url)
    for known in (account_id.encode(), b"/two-factor/verify", b"second_factor.rejected"):
        assert known in written
    secret = [code.encode() for code in codes] + [token.encode(), environment["SECMON_KEYS"][5:].encode()]
    assert [text for text in secret if text in written] == []


def _live(owner: Owner) -> list[str]:
    """Every kind of request that holds or is answered with a secret; answers all that was one."""
    started, first, codes = _enrolled(owner)
    wrong, second = owner.wrong_code(), owner.code()
    assert owner.verify(recovery_code=codes[0]).status_code == 200
    assert owner.verify(recovery_code=codes[1] + "X").status_code == 403
    assert owner.verify(wrong).status_code == 403
    renewed = owner.wallet.post(
        f"{owner.path}/recovery-codes",
        json={"code": second},
        headers={"Idempotency-Key": f"{owner.account_id}-r"},
    )
    codes += renewed.raise_for_status().json()["recovery_codes"]
    assert owner.authenticator is not None
    seed = owner.authenticator.seed
    spellings = [started["secret"], seed.hex(), base64.b64encode(seed).decode()]
    plain = [code.replace("-", "") for code in codes]
    as_fields = [f"secret={spelling}" for spelling in spellings]
    return [*codes, *plain, *spellings, *as_fields, *_as_in_bodies(first, second, wrong)]


def _enrolled(owner: Owner) -> tuple[dict[str, Any], str, list[str]]:
    """What was shown, the code that confirmed it, of the step before, and the recovery codes."""
    for nth in range(2):
        key = f"{owner.account_id}-{nth}"
        started = owner.start(headers={"Idempotency-Key": key})
        first = {"enrolment_id": started["enrolment_id"], "code": owner.code(-1)}
        path = f"{owner.path}/totp/confirm"
        confirmed = owner.wallet.post(path, json=first, headers={"Idempotency-Key": f"{key}-c"})
        if confirmed.is_success:
            return started, first["code"], confirmed.json()["recovery_codes"]
    raise AssertionError("two steps began within two requests")


def _as_in_bodies(*codes: str) -> list[str]:
    """Six bare digits would be found in any dump by chance."""
    return [f'"{code}"' for code in codes] + [f"code={code}" for code in codes]


def _dump(url: str) -> bytes:
    """Every table as `pg_dump` would copy it; of binary columns, the bytes."""
    address = make_url(url).set(drivername="postgresql").render_as_string(hide_password=False)
    with psycopg.connect(address) as connection:
        tables = connection.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'").fetchall()
        return b"".join(_copied(connection, name, binary) for (name,) in tables for binary in (True, False))


def _copied(connection: psycopg.Connection, table: str, binary: bool) -> bytes:
    form = sql.SQL("COPY {} TO STDOUT (FORMAT {})").format(
        sql.Identifier(table), sql.SQL("binary" if binary else "text")
    )
    with connection.cursor() as cursor, cursor.copy(form) as copy:
        return b"".join(bytes(part) for part in copy)
