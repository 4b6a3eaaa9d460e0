"""The traffic of a wallet, mixed as it comes: mostly logins and gates, a few of everything else."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from bench.bare import ACCOUNTS
from bench.load import http_request
from bench.logins import event, single
from bench.running import Running

BATCH = 10
# Half of what a token lives.
TOKENS_RENEWED_EVERY_S = 300


class Traffic:
    """Request `number` as bytes; numbers are never used twice, so that no event is a duplicate."""

    def __init__(self, service: Running, first: int = 0) -> None:
        self._service = service
        self._first = first
        self._renewed_at = time.monotonic()

    def __call__(self, number: int) -> bytes:
        if time.monotonic() > self._renewed_at + TOKENS_RENEWED_EVERY_S:
            self._service.renew_tokens()
            self._renewed_at = time.monotonic()
        number += self._first
        for share, make in MIX:
            if number % 100 < share:
                return make(self._service, number)
        raise AssertionError("the shares of the mix add up to 100")


def _failure(service: Running, number: int) -> bytes:
    failed = {"outcome": "failure", "failure_reason": "bad_password"}
    return single(service, event(number) | failed | {"event_id": f"bad-{number}"})


def _gate(service: Running, number: int) -> bytes:
    return _get(service, "wallet", f"/v1/accounts/{_account(number)}/standing?action=transfer")


def _assessment(service: Running, number: int) -> bytes:
    body = {name: value for name, value in event(number).items() if name not in {"event_id", "outcome"}}
    return _post(service, "wallet", "/v1/risk-assessments", body)


def _batch(service: Running, number: int) -> bytes:
    events = [event(number) | {"event_id": f"b{nth}-{number}"} for nth in range(BATCH)]
    return _post(service, "wallet", "/v1/login-events/batch", {"events": events})


def _devices(service: Running, number: int) -> bytes:
    return _get(service, "wallet", f"/v1/accounts/{_account(number)}/devices")


def _logins(service: Running, number: int) -> bytes:
    return _get(service, "agent", f"/v1/accounts/{_account(number)}/login-events?limit=20")


def _credential_change(service: Running, number: int) -> bytes:
    body = {
        "event_id": f"chg-{number}",
        "occurred_at": datetime.now(UTC).isoformat(),
        "credential": "password",
        "method": "user",
    }
    return _post(service, "wallet", f"/v1/accounts/{_account(number)}/credential-changes", body)


def _password_check(service: Running, number: int) -> bytes:
    return _post(service, "wallet", "/v1/password-checks", {"password": f"correct horse {number}"})


def _queue(service: Running, _number: int) -> bytes:
    return _get(service, "agent", "/v1/cases?status=open&limit=20")


def _freeze(service: Running, number: int) -> bytes:
    # Accounts of their own: the others go on logging in and are let in.
    body = {"reason": "theft_reported", "channel": "hotline"}
    return _post(service, "agent", f"/v1/accounts/frozen-{number}/freeze", body)


# (cumulative percent, what is sent)
MIX: tuple[tuple[int, Callable[[Running, int], bytes]], ...] = (
    (50, lambda service, number: single(service, event(number))),
    (55, _failure),
    (78, _gate),
    (83, _assessment),
    (86, _batch),
    (89, _devices),
    (92, _logins),
    (94, _credential_change),
    (96, _password_check),
    (98, _queue),
    (100, _freeze),
)


def _account(number: int) -> str:
    return f"acct-{number % ACCOUNTS}"


def _get(service: Running, role: str, path: str) -> bytes:
    return http_request("GET", path, service.tokens[role])


def _post(service: Running, role: str, path: str, body: dict[str, Any]) -> bytes:
    return http_request("POST", path, service.tokens[role], json.dumps(body).encode())
