"""A24: which scope each route asks for, written down once more: a route that asks for less is seen here."""

from __future__ import annotations

import re

from secmon.web.guard import operations
from secmon.web.operation import OPEN
from tests.service import Service

EXPECTED = {
    "accounts:read": {
        "GET /v1/accounts/{}/alerts",
        "GET /v1/accounts/{}/devices",
        "GET /v1/accounts/{}/erasure",
        "GET /v1/accounts/{}/freezes",
        "GET /v1/accounts/{}/holds",
        "GET /v1/accounts/{}/holds/{}/appeal",
        "GET /v1/accounts/{}/locks",
        "GET /v1/accounts/{}/login-events",
        "GET /v1/accounts/{}/messages",
        "GET /v1/accounts/{}/password",
        "GET /v1/accounts/{}/standing",
        "GET /v1/accounts/{}/two-factor",
        "GET /v1/alerts/{}",
    },
    "accounts:write": {
        "DELETE /v1/accounts/{}",
        "PUT /v1/accounts/{}",
        "DELETE /v1/accounts/{}/devices/{}",
        "PATCH /v1/accounts/{}/devices/{}",
        "POST /v1/accounts/{}/erasure",
        "POST /v1/accounts/{}/password/compromised",
        "POST /v1/accounts/{}/password/reminder/dismiss",
        "POST /v1/alerts/{}/answer",
        "POST /v1/password-checks",
    },
    "audit:read": {
        "GET /v1/audit",
    },
    "cases:read": {
        "GET /v1/cases",
        "GET /v1/cases/{}",
        "GET /v1/cases/{}/evidence",
        "GET /v1/cases/{}/timeline",
    },
    "cases:write": {
        "POST /v1/cases",
        "PATCH /v1/cases/{}",
        "POST /v1/cases/{}/identity-checks",
        "POST /v1/cases/{}/notes",
        "PUT /v1/accounts/{}/login-events/{}/verdict",
    },
    "clients:write": {
        "GET /v1/clients",
        "POST /v1/clients",
        "DELETE /v1/denied-subjects",
        "GET /v1/denied-subjects",
        "POST /v1/denied-subjects",
        "DELETE /v1/clients/{}",
        "GET /v1/clients/{}",
        "PATCH /v1/clients/{}",
        "GET /v1/webhook-endpoints",
        "POST /v1/webhook-endpoints",
        "DELETE /v1/webhook-endpoints/{}",
        "GET /v1/webhook-endpoints/{}",
        "PATCH /v1/webhook-endpoints/{}",
        "GET /v1/webhook-endpoints/{}/deliveries",
        "POST /v1/webhook-endpoints/{}/deliveries/retry-dead",
        "POST /v1/webhook-endpoints/{}/deliveries/{}/retry",
        "POST /v1/webhook-endpoints/{}/rotate-secret",
    },
    "events:import": {
        "POST /v1/login-events/import",
    },
    "events:write": {
        "POST /v1/accounts/{}/credential-changes",
        "POST /v1/accounts/{}/gate",
        "POST /v1/gate/verify",
        "POST /v1/accounts/{}/login-events/{}/challenge",
        "POST /v1/device-nonces",
        "POST /v1/login-events",
        "POST /v1/login-events/batch",
        "POST /v1/risk-assessments",
    },
    "freezes:write": {
        "POST /v1/accounts/{}/freeze",
        "POST /v1/accounts/{}/holds/{}/appeal",
        "POST /v1/accounts/{}/unfreeze",
    },
    "policy:write": {
        "GET /v1/hold-rules",
        "PUT /v1/hold-rules",
        "GET /v1/risk-policy",
        "GET /v1/risk-policy/quality",
        "PUT /v1/risk-policy",
        "POST /v1/risk-policy/backtest",
        "GET /v1/risk-policy/backtest/{}",
        "DELETE /v1/risk-policy/shadow",
        "GET /v1/risk-policy/shadow",
        "PUT /v1/risk-policy/shadow",
    },
    "twofactor:reset": {
        "POST /v1/accounts/{}/two-factor/reset",
    },
    "twofactor:write": {
        "POST /v1/accounts/{}/gate/{}/proof",
        "POST /v1/accounts/{}/holds/{}/lift",
        "PUT /v1/accounts/{}/locks",
        "POST /v1/accounts/{}/locks/keep",
        "POST /v1/accounts/{}/recovery-codes",
        "DELETE /v1/accounts/{}/totp",
        "POST /v1/accounts/{}/totp",
        "POST /v1/accounts/{}/totp/confirm",
        "POST /v1/accounts/{}/two-factor/verify",
    },
    "unfreezes:approve": {
        "POST /v1/accounts/{}/erasure/{}/approve",
        "POST /v1/accounts/{}/holds/{}/appeal/refuse",
        "POST /v1/accounts/{}/holds/{}/appeal/uphold",
        "POST /v1/accounts/{}/erasure/{}/refuse",
        "POST /v1/accounts/{}/two-factor/reset/{}/approve",
        "POST /v1/accounts/{}/two-factor/reset/{}/refuse",
        "POST /v1/accounts/{}/unfreeze/{}/approve",
        "POST /v1/accounts/{}/unfreeze/{}/refuse",
    },
}


def test_A24_every_route_asks_for_the_scope_that_was_meant_for_it(sqlite_service: Service) -> None:
    declared = operations(sqlite_service.app)
    found: dict[str, set[str]] = {}
    for rule in sqlite_service.app.url_map.iter_rules():
        scope = declared[rule.endpoint].scope
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}:
            found.setdefault(scope, set()).add(f"{method} {re.sub('<[^>]*>', '{}', rule.rule)}")
    found.pop(OPEN)
    assert found == EXPECTED
