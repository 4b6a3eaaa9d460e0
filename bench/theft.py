"""The theft response: the gate, freezes, the queue and the timeline, each beside its floor."""

from __future__ import annotations

import json
import uuid
from collections.abc import Callable
from functools import partial
from typing import Any

import psycopg
from sqlalchemy import make_url

from bench import report
from bench.bare_app import bare_service
from bench.load import Rate, direct_rate, http_rate, http_request
from bench.logins import event as login_event
from bench.recorded import ACCOUNT, replayed
from bench.running import Running
from secmon.cases import service as cases
from secmon.cases.states import CaseChannel
from secmon.core.actor import SYSTEM
from secmon.core.pages import PageRequest
from secmon.core.working_time import WorkingCalendar
from secmon.database.engine import Database, make_engine
from secmon.database.work import Work
from secmon.freezes import service as freezes
from secmon.freezes.reasons import FreezeReason
from secmon.history import timeline
from secmon.house import SOURCES
from tools.plans import explained

SECONDS = 8.0
ACCOUNTS = 5_000
PAYERS = 500
CASES = 1_000_000
EVENTS = 100_000
PAGE = PageRequest()
FILLED = ("cases", "login_events", "alerts", "outbox_messages", "credential_changes", "audit_entries")
BUSY = "acct-busy"

# Cases of a million accounts over a year, in the mix of a queue: most of them closed, and what is overdue
# among the oldest. Whoever looks for it from the newest on passes all the others.
FILL_CASES = """
INSERT INTO cases (account_id, case_id, reference, category, channel, subject, status, priority, assignee,
    version, links, holds_freeze, opened_at, opened_by, first_response_due_at, resolution_due_at, due_at,
    overdue_told, stood_still_s)
SELECT 'acct-' || n,
    (lpad(to_hex((extract(epoch FROM at) * 1000)::bigint), 12, '0') || '7'
        || substr(md5(n::text), 1, 19))::uuid,
    'SC-2611-' || n, (ARRAY['login', 'payment', 'security', 'promotion'])[1 + n %% 4], 'hotline',
    'Case ' || n,
    CASE WHEN n %% 20 = 0 THEN 'open' WHEN n %% 33 = 0 THEN 'investigating' ELSE 'closed' END,
    'normal', CASE WHEN n %% 7 = 0 THEN 'agent-' || n %% 70 END, 1,
    '{"freeze_id": null, "alert_ids": [], "device_ids": []}', false, at, 'bench', at, at,
    CASE WHEN n %% 20 = 0 OR n %% 33 = 0
        THEN CASE WHEN n <= %(count)s / 20 THEN at + interval '3 days' ELSE now() + interval '3 days' END END,
    false, 0
FROM (SELECT n, now() - (%(count)s - n) * interval '31 seconds' AS at
    FROM generate_series(1, %(count)s) AS n) AS made
"""
FILL_LOGINS = """
INSERT INTO login_events (account_id, event_id, occurred_at, received_at, outcome, ip, user_agent, decision,
    learnt, assessment)
SELECT %(account)s, 'evt-' || n, at, at, 'success', '203.0.113.7', 'UWallet/5.2', 'allow', true,
    %(assessment)s
FROM (SELECT n, now() - n * interval '5 minutes' AS at FROM generate_series(1, %(count)s) AS n) AS made
"""
# As many alerts, messages, credential changes and audit entries of that account.
FILL_REST = (
    """
    INSERT INTO alerts (account_id, alert_id, event_id, device_key, day, device_label, ip, decision,
        occurred_at, raised_at)
    SELECT %(account)s, gen_random_uuid(), 'evt-' || n, 'ins-' || n, at, 'Phone', '203.0.113.7', 'challenge',
        at, at
    FROM (SELECT n, now() - n * interval '5 minutes' AS at FROM generate_series(1, %(count)s) AS n) AS made
    """,
    """
    INSERT INTO outbox_messages (account_id, message_id, position, kind, payload, owed_at, spread_at)
    SELECT %(account)s, gen_random_uuid(), %(count)s - n, 'login.alert', '{}', at, at
    FROM (SELECT n, now() - n * interval '5 minutes' AS at FROM generate_series(1, %(count)s) AS n) AS made
    """,
    """
    INSERT INTO credential_changes (account_id, event_id, occurred_at, received_at, credential, method)
    SELECT %(account)s, 'chg-' || n, at, at, 'password', 'user'
    FROM (SELECT n, now() - n * interval '5 minutes' AS at FROM generate_series(1, %(count)s) AS n) AS made
    """,
    """
    INSERT INTO audit_entries (account_id, sequence, occurred_at, action, actor_id, actor_kind, actor_name,
        facts, previous_hash, hash)
    SELECT %(account)s, %(count)s - n, at, 'device.trusted', 'bench', 'system', 'bench', '{}', '', ''
    FROM (SELECT n, now() - n * interval '5 minutes' AS at FROM generate_series(1, %(count)s) AS n) AS made
    """,
)
ASSESSMENT = {
    "decision": "allow",
    "risk": {"score": 0.02, "level": "low", "policy_version": 1, "signals": []},
    "device": {"device_id": "ins-1", "recognition": "known", "trusted": False, "label": "Xiaomi 2201123C"},
}


def run(service: Running) -> None:
    """Prints the figures of the theft response."""
    report.section("The gate and the freeze, 8 connections, durable commit")
    noop = http_rate(service.port, [http_request("GET", "/livez", None)] * 40_000, seconds=SECONDS)
    report.line("no-op route", noop.per_second, "/s")
    _gate(service, noop)
    _counting_gate(service)
    _freezes(service)
    database = Database(make_engine(service.database_url))
    report.section(f"The queue over {CASES:,} cases, the timeline over {EVENTS:,} events, first page")
    fill(service.database_url)
    for name, filters in QUEUES.items():
        _in_database(database, f"queue: {name}", partial(_page, filters))
    _in_database(database, "timeline", lambda work: timeline.read(work, BUSY, SOURCES, None, PAGE.limit + 1))
    database.dispose()


QUEUES: dict[str, dict[str, Any]] = {
    "newest": {},
    "open": {"status": "open"},
    "open logins": {"status": "open", "category": "login"},
    "one agent's": {"assignee": "agent-7"},
    "overdue": {"overdue": True},
    "open and overdue": {"status": "open", "overdue": True},
}


def _gate(service: Running, noop: Rate) -> None:
    freeze = [_freeze(service, f"frozen-{n}") for n in range(100)]
    http_rate(service.port, freeze, seconds=60)
    paths = [f"/v1/accounts/frozen-{n % 100}/standing?action=transfer" for n in range(ACCOUNTS)]
    requests = [http_request("GET", path, service.tokens["wallet"]) for path in paths] * 8
    rate = http_rate(service.port, requests, seconds=SECONDS)
    assert rate.failed == 0, f"{rate.failed} requests failed"
    report.line("standing", rate.per_second, "/s", floor=noop.per_second, floor_name="no-op", goal="0.5")
    with bare_service(service) as port:
        reads = [http_request("GET", f"/row/frozen-{n % 100}", None) for n in range(ACCOUNTS)] * 8
        bare = http_rate(port, reads, seconds=SECONDS / 2)
    report.line(
        "   beside Flask and one SELECT",
        rate.per_second,
        "/s",
        floor=bare.per_second,
        floor_name="bare route",
    )
    report.line("   p99", rate.p99_ms, "ms", floor=noop.p99_ms, floor_name="no-op")


def _counting_gate(service: Running) -> None:
    """Asked before each transfer, of a session; beside the logins that such sessions begin with."""
    wallet = service.tokens["wallet"]
    sessions = [_login(service, n, f"s-{n}") for n in range(PAYERS)]
    http_rate(service.port, sessions, seconds=60)
    logins = [_login(service, n % PAYERS, f"t-{n}") for n in range(20_000)]
    login = http_rate(service.port, logins, seconds=SECONDS)
    told = {"action": "transfer", "amount": "10", "currency": "CNY", "balance": "1000"}
    questions = [
        http_request(
            "POST",
            f"/v1/accounts/payer-{n % PAYERS}/gate",
            wallet,
            json.dumps({**told, "request_id": f"pay-{n}", "session_id": f"s-{n % PAYERS}"}).encode(),
        )
        for n in range(40_000)
    ]
    rate = http_rate(service.port, questions, seconds=SECONDS)
    assert rate.failed == 0, f"{rate.failed} requests failed"
    report.line(
        "the gate that counts, with a decision token",
        rate.per_second,
        "/s",
        floor=login.per_second,
        floor_name="a login",
        goal=">= 0.67",
    )
    report.line("   p99", rate.p99_ms, "ms", floor=login.p99_ms, floor_name="a login")


def _login(service: Running, payer: int, session_id: str) -> bytes:
    named = {"account_id": f"payer-{payer}", "event_id": session_id, "session_id": session_id}
    body = json.dumps({**login_event(payer), **named}).encode()
    return http_request("POST", "/v1/login-events", service.tokens["wallet"], body)


def _freezes(service: Running) -> None:
    requests = [_freeze(service, f"stolen-{uuid.uuid4()}") for _ in range(20_000)]
    rate = http_rate(service.port, requests, seconds=SECONDS)
    assert rate.failed == 0, f"{rate.failed} requests failed"
    bare = direct_rate(replayed(service.database_url, _freeze_in), seconds=SECONDS / 2)
    report.line(
        "freezes, with case, audit and messages",
        rate.per_second,
        "/s",
        floor=bare.per_second,
        floor_name="bare driver",
        goal="0.75",
    )
    report.line("   p99", rate.p99_ms, "ms")


def _freeze_in(work: Work) -> None:
    cause = freezes.Cause(FreezeReason.THEFT_REPORTED, CaseChannel.IN_APP)
    freezes.freeze(work, ACCOUNT, cause, WorkingCalendar())


def _freeze(service: Running, account_id: str) -> bytes:
    body = json.dumps({"reason": "theft_reported", "channel": "in_app"}).encode()
    return http_request("POST", f"/v1/accounts/{account_id}/freeze", service.tokens["wallet"], body)


def fill(url: str, *, cases: int = CASES, events: int = EVENTS) -> None:
    """A queue of `cases`, and the account `BUSY` with that many `events` of each kind."""
    address = make_url(url).set(drivername="postgresql").render_as_string(hide_password=False)
    with psycopg.connect(address, autocommit=True) as connection:
        connection.execute(FILL_CASES, {"count": cases})
        values = {"account": BUSY, "count": events, "assessment": json.dumps(ASSESSMENT)}
        for statement in (FILL_LOGINS, *FILL_REST):
            connection.execute(statement, values)
        connection.execute(f"VACUUM ANALYZE {', '.join(FILLED)}")


def _page(filters: dict[str, Any], work: Work) -> None:
    cases.listed(work, PAGE, **filters)


def _in_database(database: Database, name: str, read: Callable[[Work], object]) -> None:
    def do() -> None:
        with database.work(SYSTEM, write=False) as work:
            read(work)

    do()
    plans = explained(database.engine, do)
    report.line(name, sum(plan.milliseconds for plan in plans), "ms", goal="< 20 ms")
