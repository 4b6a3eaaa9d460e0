"""R52, A80: whoever of the staff looks at an account is in its record, once a person, account and hour."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

import httpx
import pytest
from sqlalchemy import select, text

from secmon.accounts.viewing import Views
from secmon.audit import service as audit
from secmon.audit.models import AuditEntry
from secmon.clients.scopes import SCOPES_OF, Role
from secmon.web.guard import operations
from secmon.web.operation import OPEN, Operation
from secmon.web.viewing import VIEWS
from tests.cases import desk
from tests.logins.factories import login, takeover
from tests.service import Service

STAFF = frozenset().union(*(SCOPES_OF[role] for role in Role if role is not Role.WALLET))
# They learn by reading whose account it is.
FIND_IT = {"show_alert", "show_case", "show_evidence", "show_timeline"}


REFUSE_ON_SQLITE = (
    (
        "CREATE TRIGGER no_views BEFORE INSERT ON audit_entries WHEN NEW.action = 'account.viewed' "
        "BEGIN SELECT RAISE(ABORT, 'no views'); END"
    ),
)
REFUSE_ON_POSTGRESQL = (
    (
        "CREATE OR REPLACE FUNCTION no_views() RETURNS trigger LANGUAGE plpgsql AS "
        "$$ BEGIN RAISE EXCEPTION 'no views'; END $$"
    ),
    (
        "CREATE TRIGGER no_views BEFORE INSERT ON audit_entries FOR EACH ROW "
        "WHEN (NEW.action = 'account.viewed') EXECUTE FUNCTION no_views()"
    ),
)


def views(service: Service, account_id: str | None, actor: str | None = None) -> list[str]:
    """The operations that were recorded, in order; `account_id` None: of no account asked for."""
    chain = audit.SERVICE_CHAIN if account_id is None else account_id
    action = "accounts.listed" if account_id is None else "account.viewed"
    query = select(AuditEntry.facts).where(AuditEntry.account_id == chain, AuditEntry.action == action)
    if actor is not None:
        query = query.where(AuditEntry.actor_id == service.credentials[actor]["client_id"])
    with service.work(write=False) as work:
        facts = work.session.scalars(query.order_by(AuditEntry.sequence))
        return [json.loads(found)["operation"] for found in facts]


READS = {
    "list_alerts": "/v1/accounts/{account_id}/alerts",
    "list_cases": "/v1/cases?account_id={account_id}",
    "list_devices": "/v1/accounts/{account_id}/devices",
    "list_entries": "/v1/audit?account_id={account_id}",
    "list_erasures": "/v1/accounts/{account_id}/erasure",
    "list_freezes": "/v1/accounts/{account_id}/freezes",
    "list_holds": "/v1/accounts/{account_id}/holds",
    "list_login_events": "/v1/accounts/{account_id}/login-events",
    "list_messages": "/v1/accounts/{account_id}/messages",
    "show_alert": "/v1/alerts/{alert_id}",
    "show_appeal": "/v1/accounts/{account_id}/holds/{hold_id}/appeal",
    "show_case": "/v1/cases/{case_id}",
    "show_evidence": "/v1/cases/{case_id}/evidence",
    "show_locks": "/v1/accounts/{account_id}/locks",
    "show_password": "/v1/accounts/{account_id}/password",
    "show_standing": "/v1/accounts/{account_id}/standing",
    "show_timeline": "/v1/cases/{case_id}/timeline",
    "show_two_factor": "/v1/accounts/{account_id}/two-factor",
}


@pytest.fixture
def there(wallet: httpx.Client, account_id: str) -> dict[str, str]:
    """An account that was taken over and frozen, its case and its alert."""
    wallet.post("/v1/login-events", json=login(account_id)).raise_for_status()
    stolen = wallet.post("/v1/login-events", json=takeover(account_id)).raise_for_status().json()
    hold = wallet.get(f"/v1/accounts/{account_id}/holds").json()["items"][0]["hold_id"]
    told = {"text": "It was me", "channel": "in_app"}
    wallet.post(f"/v1/accounts/{account_id}/holds/{hold}/appeal", json=told).raise_for_status()
    case = desk.freeze(wallet, account_id)["case"]
    return {**case, "account_id": account_id, "alert_id": stolen["alert_id"], "hold_id": hold}


@pytest.mark.parametrize("operation", READS)
def test_A80_a_read_of_an_account_by_staff_is_recorded(
    service: Service, supervisor: httpx.Client, there: dict[str, str], operation: str
) -> None:
    assert supervisor.get(READS[operation].format_map(there)).status_code == 200
    assert views(service, there["account_id"], "supervisor") == [operation]


def test_every_such_read_is_tried_here(service: Service) -> None:
    readable = {
        rule.endpoint.rpartition(".")[2]
        for rule in service.app.url_map.iter_rules()
        if "GET" in (rule.methods or ()) and of_accounts(operations(service.app)[rule.endpoint])
    }
    assert readable == set(READS)


def of_accounts(declared: Operation) -> bool:
    return declared.scope in STAFF and not declared.of_no_account


def test_A80_once_a_person_an_account_and_an_hour(
    service: Service, supervisor: httpx.Client, agent: httpx.Client, there: dict[str, str]
) -> None:
    account_id = there["account_id"]
    for client in (supervisor, agent, supervisor):
        for operation in ("show_case", "list_devices", "show_standing"):
            client.get(READS[operation].format_map(there)).raise_for_status()
    assert views(service, account_id) == ["show_case", "show_case"]
    service.clock.advance(timedelta(hours=1))
    agent.get(READS["list_devices"].format_map(there)).raise_for_status()
    assert views(service, account_id, "agent") == ["show_case", "list_devices"]


def test_a_second_process_stores_it_no_second_time(
    service: Service, agent: httpx.Client, there: dict[str, str]
) -> None:
    agent.get(READS["show_case"].format_map(there)).raise_for_status()
    VIEWS.put(service.app, Views(service.clock))
    agent.get(READS["show_case"].format_map(there)).raise_for_status()
    assert views(service, there["account_id"]) == ["show_case"]


def test_A80_a_case_found_by_its_reference_is_a_read_of_its_account(
    service: Service, agent: httpx.Client, there: dict[str, str]
) -> None:
    agent.get("/v1/cases", params={"reference": there["reference"]}).raise_for_status()
    assert views(service, there["account_id"], "agent") == ["list_cases"]


def test_A80_whoever_lists_everybody_is_recorded_too(service: Service, agent: httpx.Client) -> None:
    service.clock.advance(timedelta(days=30))
    before = views(service, None, "agent")
    for _ in range(2):
        agent.get("/v1/cases").raise_for_status()
    assert views(service, None, "agent") == [*before, "list_cases"]


def test_the_wallets_own_reads_are_not_recorded(
    service: Service, wallet: httpx.Client, there: dict[str, str]
) -> None:
    for operation in ("list_devices", "show_standing"):
        wallet.get(READS[operation].format_map(there)).raise_for_status()
    assert views(service, there["account_id"]) == []


def test_what_was_not_shown_was_not_read(service: Service, agent: httpx.Client, account_id: str) -> None:
    """Nor do accounts that nobody ever reported get a record because somebody asked for them."""
    assert agent.get(f"/v1/accounts/{account_id}/standing").status_code == 404
    assert agent.get(f"/v1/cases?account_id={account_id}").status_code == 200
    assert views(service, account_id) == []


def test_the_record_of_an_erased_account_is_still_somebodys(
    service: Service, wallet: httpx.Client, supervisor: httpx.Client, account_id: str
) -> None:
    wallet.post("/v1/login-events", json=login(account_id)).raise_for_status()
    assert wallet.delete(f"/v1/accounts/{account_id}").status_code == 204
    supervisor.get(f"/v1/audit?account_id={account_id}").raise_for_status()
    assert views(service, account_id) == ["list_entries"]


def test_a_read_that_cannot_be_recorded_is_none(
    service: Service, agent: httpx.Client, there: dict[str, str]
) -> None:
    """Deny by default: the record's table has gone read-only, say."""
    with refusing_entries(service):
        answer = agent.get(READS["show_case"].format_map(there))
    assert answer.status_code >= 500
    assert "reference" not in answer.json()
    assert agent.get(READS["show_case"].format_map(there)).status_code == 200


@contextmanager
def refusing_entries(service: Service) -> Iterator[None]:
    """A database that stores no view."""
    postgresql = service.database.engine.dialect.name == "postgresql"
    for statement in REFUSE_ON_POSTGRESQL if postgresql else REFUSE_ON_SQLITE:
        with service.database.engine.begin() as connection:
            connection.execute(text(statement))
    try:
        yield
    finally:
        drop = "DROP TRIGGER no_views ON audit_entries" if postgresql else "DROP TRIGGER no_views"
        with service.database.engine.begin() as connection:
            connection.execute(text(drop))


def test_A80_every_read_that_staff_may_make_is_of_an_account_or_says_that_it_is_not(
    service: Service,
) -> None:
    declared = operations(service.app)
    left = set()
    for rule in service.app.url_map.iter_rules():
        found = declared[rule.endpoint]
        if "GET" not in (rule.methods or ()) or found.scope == OPEN or found.of_no_account:
            continue
        names = set(found.query().fields) if found.query is not None else set()
        if found.scope in STAFF and "account_id" not in names | rule.arguments:
            left.add(rule.endpoint.rpartition(".")[2])
    assert left == FIND_IT


def test_only_what_administers_the_service_is_of_no_account(service: Service) -> None:
    scopes = {found.scope for found in operations(service.app).values() if found.of_no_account}
    assert scopes == {"clients:write", "policy:write"}
