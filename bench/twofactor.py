"""Verifications: codes beside the bare driver sending the same statements; recovery codes by their time."""

from __future__ import annotations

import json
import uuid
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any

import psycopg
from sqlalchemy import create_engine, insert

from bench import report
from bench.load import Rate, direct_rate, http_rate, http_request
from bench.running import Running
from secmon.accounts import locking
from secmon.accounts.models import Account
from secmon.database.engine import make_engine
from secmon.database.statements import Query
from secmon.sealing.key_files import parse_keys
from secmon.sealing.keyring import KeyRing
from secmon.twofactor import guesses, recovery_codes, totp
from secmon.twofactor.models import GuessCount, RecoveryCode, RecoveryCodeSet, TotpAuthenticator
from secmon.twofactor.recovery_codes import recovery_context
from secmon.twofactor.totp import TotpParameters, code_at, seed_context, step_at

# Each account's code is good once, so there is one for every verification of the run.
ACCOUNTS = 16_000
SECONDS = 8.0
RECOVERIES = 1_000
SEED, KEY = b"12345678901234567890", b"\x05" * recovery_codes.KEY_BYTES
PARAMETERS = TotpParameters()
CODES = recovery_codes.new_codes()


def run(service: Running) -> None:
    """Prints the figures of verifications."""
    _enrol(service)
    report.section("Second factor, one verification a request, durable commit, 8 connections")
    floor = direct_rate(_bare(service.database_url), seconds=SECONDS)
    requests = list(_codes(service))
    # Connections, prepared statements and caches are warm before it counts.
    http_rate(service.port, requests[:1_000], seconds=SECONDS)
    rate = http_rate(service.port, requests[1_000:], seconds=SECONDS)
    assert rate.failed == 0, f"{rate.failed} verifications failed"
    report.line(
        "codes accepted", rate.per_second, "/s", floor=floor.per_second, floor_name="bare driver", goal="0.20"
    )
    report.line("   median", rate.median_ms, "ms")
    report.line("   p99", rate.p99_ms, "ms")
    _report_recoveries(http_rate(service.port, list(_recoveries(service)), seconds=60, connections=1))


def _report_recoveries(rate: Rate) -> None:
    assert rate.failed == 0, f"{rate.failed} recovery codes were refused"
    report.line("a recovery code, median", rate.median_ms, "ms", goal="<= 60")
    report.line("   p99", rate.p99_ms, "ms")


def _enrol(service: Running) -> None:
    """Accounts with a factor, as the service would have stored them."""
    keys = parse_keys(service.environment["SECMON_KEYS"])
    engine = make_engine(service.database_url)
    with engine.begin() as connection:
        now = datetime.now(UTC)
        ids = [f"factor-{number}" for number in range(ACCOUNTS)]
        connection.execute(insert(Account), [{"account_id": id_, "created_at": now} for id_ in ids])
        connection.execute(insert(GuessCount), [{"account_id": id_, "failures": 0} for id_ in ids])
        connection.execute(insert(TotpAuthenticator), [_authenticator(id_, keys, now) for id_ in ids])
        sets = [{"account_id": id_, "recovery_key": keys.encrypt(KEY, recovery_context(id_))} for id_ in ids]
        connection.execute(insert(RecoveryCodeSet), sets)
        digests = [recovery_codes.digest(KEY, code) for code in CODES]
        codes = [{"account_id": id_, "digest": digest} for id_ in ids for digest in digests]
        connection.execute(insert(RecoveryCode), codes)
    engine.dispose()


def _authenticator(account_id: str, keys: KeyRing, now: datetime) -> dict[str, Any]:
    return {
        "account_id": account_id,
        "enrolment_id": uuid.uuid4(),
        "seed": keys.encrypt(SEED, seed_context(account_id)),
        "algorithm": PARAMETERS.algorithm.value,
        "digits": PARAMETERS.digits,
        "period": PARAMETERS.period,
        "last_step": 0,
        "enrolled_at": now,
    }


def _codes(service: Running) -> Iterator[bytes]:
    """The code of this very step for every account; it is accepted for half a minute at least."""
    code = code_at(SEED, step_at(datetime.now(UTC), PARAMETERS), PARAMETERS)
    return (_verification(service, number, {"code": code}) for number in range(ACCOUNTS))


def _recoveries(service: Running) -> Iterator[bytes]:
    return (_verification(service, number, {"recovery_code": CODES[0]}) for number in range(RECOVERIES))


def _verification(service: Running, number: int, body: dict[str, str]) -> bytes:
    path = f"/v1/accounts/factor-{number}/two-factor/verify"
    return http_request("POST", path, service.tokens["wallet"], json.dumps(body).encode())


def _bare(url: str) -> Callable[[int], Callable[[int], None]]:
    """The statements of one accepted code straight through psycopg, in the service's two round trips."""
    dialect = create_engine(url).dialect

    def compiled(query: Query) -> tuple[bytes, list[Any]]:
        command = query.statement.command(dialect)
        given = {**command.constants, **query.parameters}
        return command.sql, [given[name] for name in command.names]

    def worker(_number: int) -> Callable[[int], None]:
        connection = psycopg.connect(url.replace("+psycopg", ""), cursor_factory=psycopg.RawCursor)

        def one(number: int) -> None:
            account_id = f"factor-{number % ACCOUNTS}"
            reads = [
                statement(account_id=account_id)
                for statement in (locking.LOCK, guesses.LOCK_IF_KNOWN, totp.READ, recovery_codes.READ)
            ]
            with connection.pipeline():
                cursors = [connection.execute(*compiled(query), prepare=True) for query in reads]
                for cursor in cursors:
                    cursor.fetchall()
            with connection.pipeline():
                spend = totp.SPEND(account_id_=account_id, last_step_=0)
                connection.execute(*compiled(spend), prepare=True)
                connection.commit()

        return one

    return worker
