"""R41: staff have an account forgotten by two people, and what held it outlives it."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import httpx
import pytest
from sqlalchemy import select

from secmon.accounts import erasure, tombstones
from secmon.accounts.erasure import ERASURE
from secmon.accounts.models import Account, Tombstone
from secmon.core.actor import SYSTEM
from tests.cases import desk
from tests.freezes.test_races import until_it_waits
from tests.logins.factories import login
from tests.service import Service

REQUIRED = {"change_password"}


def ask(client: httpx.Client, account_id: str, **headers: str) -> httpx.Response:
    path = f"/v1/accounts/{account_id}/erasure"
    return client.post(path, json={"reason": "A letter of the owner's"}, headers=headers)


def decide(
    client: httpx.Client, account_id: str, request_id: str, verdict: str = "approve"
) -> httpx.Response:
    path = f"/v1/accounts/{account_id}/erasure/{request_id}/{verdict}"
    return client.post(path, json={"note": "Letter seen"})


@pytest.fixture
def known(wallet: httpx.Client, account_id: str) -> str:
    """An account with a device."""
    wallet.post("/v1/login-events", json=login(account_id)).raise_for_status()
    return account_id


@pytest.fixture
def stolen(wallet: httpx.Client, agent: httpx.Client, supervisor: httpx.Client, known: str) -> str:
    """An account that was frozen, given back, its case closed: restricted, and the owner must act."""
    case_id = desk.freeze(wallet, known)["case"]["case_id"]
    desk.give_back(agent, supervisor, known, case_id)
    desk.step(agent, case_id, "investigating", "resolved", "closed").raise_for_status()
    return known


def come_back(service: Service, account_id: str, how: str) -> None:
    """The account comes into being again, by one of the ways that there are."""
    wallet, now = service.client("wallet"), service.clock.now.isoformat()
    event = login(account_id, event_id="again", occurred_at=now)
    match how:
        case "login":
            wallet.post("/v1/login-events", json=event).raise_for_status()
        case "batch":
            other = login(f"{account_id}-other", occurred_at=now)
            body = {"events": [event, other]}
            wallet.post("/v1/login-events/batch", json=body).raise_for_status()
        case "freeze":
            desk.freeze(wallet, account_id, reason="owner_request")
        case "profile":
            wallet.put(f"/v1/accounts/{account_id}", json={"locale": "en"}).raise_for_status()
        case "case":
            desk.open_case(service.client("agent"), account_id)


def test_A66_staff_ask_for_an_erasure_and_another_person_decides(
    service: Service, agent: httpx.Client, supervisor: httpx.Client, wallet: httpx.Client, known: str
) -> None:
    for one in (agent, supervisor):
        assert desk.code(one.delete(f"/v1/accounts/{known}")) == (403, "staff_must_ask")
    asked = ask(supervisor, known)
    assert (asked.status_code, asked.json()["status"]) == (202, "pending")
    request_id = asked.json()["request_id"]
    assert ask(agent, known).json()["request_id"] == request_id
    for verdict in ("approve", "refuse"):
        refused = decide(supervisor, known, request_id, verdict)
        assert desk.code(refused) == (403, "second_person_required")
    (shown,) = agent.get(f"/v1/accounts/{known}/erasure").json()["items"]
    assert (shown["request_id"], shown["status"]) == (request_id, "pending")
    admin, body = service.client("admin"), {"name": "second", "role": "supervisor"}
    service.credentials["second"] = admin.post("/v1/clients", json=body).json()
    done = decide(service.client("second"), known, request_id)
    assert (done.status_code, done.json()) == (200, {"request_id": request_id, "status": "approved"})
    assert wallet.get(f"/v1/accounts/{known}/standing").status_code == 404
    entries = service.client("auditor").get("/v1/audit", params={"account_id": known}).json()["items"]
    told = [entry["action"] for entry in entries if entry["action"] != "account.viewed"][:3]
    assert told == ["account.erased", "erasure.approved", "erasure.requested"]
    # Late, twice, and of an account that is new.
    assert desk.code(decide(service.client("second"), known, request_id)) == (404, "account_unknown")
    come_back(service, known, "profile")
    assert desk.code(decide(service.client("second"), known, request_id)) == (404, "request_unknown")


def test_A66_a_refused_or_forgotten_request_erases_nothing(
    service: Service, agent: httpx.Client, supervisor: httpx.Client, wallet: httpx.Client, known: str
) -> None:
    first = ask(agent, known, **{"Idempotency-Key": f"erase-{known}"}).json()["request_id"]
    assert decide(supervisor, known, first, "refuse").json()["status"] == "refused"
    assert desk.code(decide(supervisor, known, first)) == (409, "already_decided")
    late = ask(agent, known).json()["request_id"]
    service.clock.advance(timedelta(days=7))
    assert desk.code(decide(supervisor, known, late)) == (409, "already_decided")
    assert ask(agent, known).json()["request_id"] not in {first, late}
    assert desk.standing(wallet, known)["standing"] == "active"
    assert desk.code(ask(wallet, known)) == (403, "staff_required")


def test_A66_no_erasure_by_staff_while_something_holds_the_account(
    agent: httpx.Client, supervisor: httpx.Client, wallet: httpx.Client, known: str
) -> None:
    """Neither asked for nor approved, whatever came first."""
    request_id = ask(agent, known).json()["request_id"]
    wallet.post(f"/v1/accounts/{known}/password/compromised", json={"source": "x"}).raise_for_status()
    for attempt in (ask(agent, known), decide(supervisor, known, request_id)):
        assert desk.code(attempt) == (409, "account_restricted")
    case_id = desk.freeze(wallet, known)["case"]["case_id"]
    for attempt in (ask(agent, known), decide(supervisor, known, request_id)):
        assert desk.code(attempt) == (409, "legal_hold")
    desk.give_back(agent, supervisor, known, case_id)
    desk.step(agent, case_id, "investigating", "resolved", "closed").raise_for_status()
    assert desk.code(decide(supervisor, known, request_id)) == (409, "account_restricted")
    assert desk.standing(wallet, known)["standing"] == "active"


@pytest.mark.parametrize("how", ["login", "batch", "freeze", "profile", "case"])
def test_A66_what_held_the_account_holds_it_again(
    service: Service, wallet: httpx.Client, stolen: str, how: str
) -> None:
    before = desk.standing(wallet, stolen)
    assert wallet.delete(f"/v1/accounts/{stolen}").status_code == 204
    assert wallet.get(f"/v1/accounts/{stolen}/standing").status_code == 404
    service.clock.advance(timedelta(minutes=1))
    come_back(service, stolen, how)
    after = desk.standing(wallet, stolen, "transfer")
    assert after["allowed"] is False
    assert set(after["required_actions"]) == set(before["required_actions"]) == REQUIRED
    assert after["restrictions"] == before["restrictions"] != []


def test_A66_nobodys_device_is_the_first_of_an_account_that_was_known(
    service: Service, wallet: httpx.Client, known: str
) -> None:
    """However often somebody tries: until one has proven itself, each is new."""
    wallet.delete(f"/v1/accounts/{known}").raise_for_status()
    event: dict[str, Any] = login(known, occurred_at=service.clock.now.isoformat())
    assessed = {name: value for name, value in event.items() if name not in {"event_id", "outcome"}}
    foretold = wallet.post("/v1/risk-assessments", json=assessed).json()
    assert foretold["device"]["recognition"] == "new"
    for nth in range(2):
        judged = wallet.post("/v1/login-events", json={**event, "event_id": f"new-{nth}"}).json()
        assert (judged["device"]["recognition"], judged["decision"]) == ("new", "challenge")
    path = f"/v1/accounts/{known}/login-events/new-1/challenge"
    passed = {"outcome": "passed", "method": "otp", "occurred_at": service.clock.now.isoformat()}
    wallet.post(path, json=passed).raise_for_status()
    judged = wallet.post("/v1/login-events", json={**event, "event_id": "known"}).json()
    assert (judged["device"]["recognition"], judged["decision"]) == ("known", "allow")


def test_A66_a_tombstone_lasts_thirty_days_over_another_erasure_and_then_goes(
    service: Service, wallet: httpx.Client, stolen: str
) -> None:
    path = f"/v1/accounts/{stolen}"
    wallet.delete(path).raise_for_status()
    service.clock.advance(timedelta(days=29))
    come_back(service, stolen, "profile")
    assert set(desk.standing(wallet, stolen)["required_actions"]) == REQUIRED
    wallet.delete(path).raise_for_status()
    service.clock.advance(timedelta(days=30) - timedelta(seconds=1))
    assert purged(service, stolen) is False
    come_back(service, stolen, "login")
    assert set(desk.standing(wallet, stolen)["required_actions"]) == REQUIRED
    wallet.delete(path).raise_for_status()
    service.clock.advance(timedelta(days=30))
    # Whether or not a worker ran.
    come_back(service, stolen, "profile")
    assert desk.standing(wallet, stolen)["required_actions"] == []
    assert purged(service, stolen) is True


def purged(service: Service, account_id: str) -> bool:
    """Whether the worker's duty has taken the tombstone away."""
    with service.work() as work:
        tombstones.purge(work)
    with service.work(write=False) as work:
        return work.session.get(Tombstone, account_id) is None


def test_A66_a_freeze_that_waits_for_an_erasure_begins_with_what_it_leaves(
    postgres_service: Service, account_id: str
) -> None:
    """The row is locked, then made: made first, it would be of the time before the erasure."""
    service = postgres_service
    wallet = service.client("wallet")
    wallet.post(f"/v1/accounts/{account_id}/password/compromised", json={"source": "x"}).raise_for_status()
    chosen = ERASURE.of(service.app)
    with ThreadPoolExecutor(1) as pool:
        with service.database.work(SYSTEM) as work:
            erasure.erase(work, account_id, chosen)
            work.session.flush()
            freezing = pool.submit(desk.freeze, wallet, account_id)
            until_it_waits(service)
        freezing.result()
    assert desk.standing(wallet, account_id)["required_actions"] == ["change_password"]
    with service.work(write=False) as work:
        assert work.session.scalar(select(Account.returned).where(Account.account_id == account_id)) is True
