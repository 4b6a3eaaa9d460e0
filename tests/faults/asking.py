"""The requests that the wallet, an agent and a supervisor make of one account."""

from __future__ import annotations

import itertools
from datetime import UTC, datetime
from typing import Any

from tests.cases.desk import CHECK, THEFT
from tests.faults.record import Kind, Request
from tests.logins import factories

_serial = itertools.count(1)


def _fresh(what: str) -> str:
    """An id that no other request of this run has."""
    return f"{what}-{next(_serial)}"


def _now() -> str:
    return datetime.now(UTC).isoformat()


def login(account_id: str, *, foreign: bool = False, failed: bool = False) -> Request:
    make = factories.takeover if foreign else factories.login
    result = {"outcome": "failure", "failure_reason": "bad_password"} if failed else {}
    body = make(account_id, event_id=_fresh("evt"), occurred_at=_now(), **result)
    return Request(Kind.LOGIN, "wallet", "POST", "/v1/login-events", account_id, body)


def standing(account_id: str) -> Request:
    path = f"/v1/accounts/{account_id}/standing?action=login"
    return Request(Kind.STANDING, "wallet", "GET", path, account_id)


def change(account_id: str, credential: str) -> Request:
    body = {"event_id": _fresh("chg"), "occurred_at": _now(), "credential": credential, "method": "user"}
    return _of_account(Kind.CHANGE, "wallet", account_id, "credential-changes", body)


def compromise(account_id: str) -> Request:
    body = {"source": "breach-list", "detail": _fresh("seen")}
    return _of_account(Kind.COMPROMISE, "wallet", account_id, "password/compromised", body)


def freeze(account_id: str) -> Request:
    return _of_account(Kind.FREEZE, "wallet", account_id, "freeze", THEFT, _fresh("key"))


def report_again(account_id: str) -> Request:
    """As `freeze`, for an account that is frozen already."""
    body = {**THEFT, "summary": _fresh("Seen again")}
    return _of_account(Kind.REPORT_AGAIN, "wallet", account_id, "freeze", body, _fresh("key"))


def case(account_id: str) -> Request:
    body = {"account_id": account_id, "category": "login", "channel": "hotline", "subject": "Locked out"}
    return Request(Kind.CASE, "agent", "POST", "/v1/cases", account_id, body, _fresh("key"))


def note(account_id: str, case_id: str, *, internal: bool) -> Request:
    body = {"text": _fresh("The owner called"), "internal": internal}
    return Request(Kind.NOTE, "agent", "POST", f"/v1/cases/{case_id}/notes", account_id, body, _fresh("key"))


def check(account_id: str, case_id: str) -> Request:
    path = f"/v1/cases/{case_id}/identity-checks"
    return Request(Kind.CHECK, "agent", "POST", path, account_id, CHECK, _fresh("key"))


def ask_unfreeze(account_id: str, case_id: str) -> Request:
    body = {"case_id": case_id, "reason": "Owner verified"}
    return _of_account(Kind.ASK, "agent", account_id, "unfreeze", body, _fresh("key"))


def see(account_id: str, case_id: str) -> Request:
    """What an approval rests on."""
    return Request(Kind.CASE_SEEN, "supervisor", "GET", f"/v1/cases/{case_id}", account_id)


def approve(account_id: str, request_id: str, seen: str) -> Request:
    """Takes no key: repeated, it is told that it was decided."""
    path = f"unfreeze/{request_id}/approve"
    request = _of_account(Kind.APPROVE, "supervisor", account_id, path, {"note": "Seen"})
    request.headers = {"If-Match": seen}
    return request


def enrol(account_id: str) -> Request:
    return _of_account(Kind.ENROL, "wallet", account_id, "totp", None, _fresh("key"))


def confirm(account_id: str, enrolment_id: str, code: str) -> Request:
    body = {"enrolment_id": enrolment_id, "code": code}
    return _of_account(Kind.ENROL, "wallet", account_id, "totp/confirm", body, _fresh("key"))


def _of_account(
    kind: Kind, role: str, account_id: str, path: str, body: dict[str, Any] | None, key: str | None = None
) -> Request:
    return Request(kind, role, "POST", f"/v1/accounts/{account_id}/{path}", account_id, body, key)
