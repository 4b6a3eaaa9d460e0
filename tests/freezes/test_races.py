"""What happens at once: on PostgreSQL, where requests really run side by side."""

from __future__ import annotations

import time
import uuid
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from datetime import datetime
from functools import partial
from threading import Barrier
from typing import Any

import httpx
import pytest
from sqlalchemy import Dialect, select, text

from secmon.accounts import service as accounts
from secmon.accounts.locking import created
from secmon.audit import service as audit
from secmon.cases.models import Case
from secmon.cases.states import CaseChannel
from secmon.database.statements import Query
from secmon.freezes import service as freezing
from secmon.freezes.reasons import FreezeReason
from secmon.freezes.service import Cause, freeze
from tests.alerts.owner import alerted
from tests.cases import desk
from tests.freezes.thefts import Theft
from tests.service import Service
from tests.twofactor.owner import Owner

ROUNDS = 20
GIVES_UP_AFTER_S = 20
WAITING = text(
    "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()"
)


@pytest.fixture
def service(postgres_service: Service) -> Service:
    return postgres_service


@pytest.fixture
def pool() -> Iterator[ThreadPoolExecutor]:
    with ThreadPoolExecutor(8) as threads:
        yield threads


def at_once(pool: ThreadPoolExecutor, *calls: Callable[[], Any]) -> list[Any]:
    """Runs the calls from one barrier; their results in order."""
    barrier = Barrier(len(calls))

    def run(call: Callable[[], Any]) -> Any:
        barrier.wait(GIVES_UP_AFTER_S)
        return call()

    return [done.result(GIVES_UP_AFTER_S) for done in [pool.submit(run, call) for call in calls]]


def until_it_waits(service: Service) -> None:
    """Until a session of this database waits for a lock."""
    give_up = time.monotonic() + GIVES_UP_AFTER_S
    with service.work(write=False) as work:
        while not work.session.scalar(WAITING):
            assert time.monotonic() < give_up, "nobody waits for a lock"


def test_A18_two_people_freeze_at_once_and_make_one_freeze(
    service: Service, pool: ThreadPoolExecutor, account_id: str
) -> None:
    clients = [service.client("wallet"), service.client("agent"), service.client("supervisor")]
    for nth in range(ROUNDS):
        account = f"{account_id}-{nth}"
        if nth % 2:
            clients[0].put(f"/v1/accounts/{account}", json={"locale": "en"}).raise_for_status()
        made = at_once(pool, *(partial(desk.freeze, client, account) for client in clients))
        assert len({frozen["freeze"]["freeze_id"] for frozen in made}) == 1
        assert len({frozen["case"]["case_id"] for frozen in made}) == 1
        cases = clients[1].get("/v1/cases", params={"account_id": account}).json()["items"]
        assert len(cases) == 1


def test_F12_a_freeze_takes_an_unknown_account_and_its_chain_in_the_order_of_everybody(
    service: Service, pool: ThreadPoolExecutor, account_id: str
) -> None:
    """The account first, then its chain: taken the other way round, one of the two is a victim."""

    def frozen() -> bool:
        with service.work() as work:
            cause = Cause(FreezeReason.THEFT_REPORTED, CaseChannel.HOTLINE)
            return freeze(work, account_id, cause, service.settings.working_time).created

    with service.work() as work:
        accounts.lock_or_create(work, account_id)
        freezing = pool.submit(frozen)
        until_it_waits(service)
        audit.record(work, account_id, "account.profile_changed", facts={"changed": ["locale"]})
    assert freezing.result(GIVES_UP_AFTER_S)


def test_a_case_is_locked_behind_its_account_by_everybody(
    service: Service, pool: ThreadPoolExecutor, account_id: str
) -> None:
    """Who locks the case first waits for an account whose holder wants the case: one is a victim."""
    agent = service.client("agent")
    case_id = desk.open_case(agent, account_id)["case_id"]
    note = {"text": "at once", "internal": True}
    with service.work() as work:
        accounts.lock(work, account_id)
        audit.record(work, account_id, "account.profile_changed", facts={"changed": ["locale"]})
        noting = pool.submit(agent.post, f"/v1/cases/{case_id}/notes", json=note)
        until_it_waits(service)
        free = (
            select(Case.case_id).where(Case.case_id == uuid.UUID(case_id)).with_for_update(skip_locked=True)
        )
        assert work.session.scalar(free) is not None
    assert noting.result(GIVES_UP_AFTER_S).status_code == 201


def test_A16_nobody_vouches_for_a_login_after_a_freeze_that_committed_meanwhile(
    service: Service, pool: ThreadPoolExecutor, wallet: httpx.Client, account_id: str
) -> None:
    """R14: how the account stands is read under its lock, by an answer to an alert too."""
    owner = alerted(wallet, account_id)
    cause = Cause(FreezeReason.THEFT_REPORTED, CaseChannel.HOTLINE)
    with service.work() as work:
        freeze(work, account_id, cause, service.settings.working_time)
        answering: Future[httpx.Response] = pool.submit(owner.answer, "was_me")
        until_it_waits(service)
    assert desk.code(answering.result(GIVES_UP_AFTER_S)) == (409, "account_frozen")
    assert owner.alert()["answer"] is None


def test_a_freeze_of_an_account_that_is_erased_in_front_of_it_holds_what_comes_after(
    service: Service, account_id: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Made by somebody else in front of its own making, erased in front of its lock: it looks again."""

    def made_and_erased(account_ids: list[str], now: datetime, dialect: Dialect) -> Query:
        monkeypatch.undo()
        return created([f"{one}-of-another" for one in account_ids], now, dialect)

    monkeypatch.setattr(freezing, "created", made_and_erased)
    frozen = desk.freeze(service.client("wallet"), account_id)
    standing = desk.standing(service.client("agent"), account_id)
    assert (standing["standing"], frozen["freeze"]["status"]) == ("frozen", "active")


def test_A16_no_code_is_accepted_after_a_freeze_that_committed_meanwhile(
    service: Service, pool: ThreadPoolExecutor, wallet: httpx.Client, account_id: str
) -> None:
    """R14: what decides is read under the lock, where the decision commits."""
    owner = Owner(wallet, service.clock, account_id).enrol()
    cause = Cause(FreezeReason.THEFT_REPORTED, CaseChannel.HOTLINE)
    with service.work() as work:
        freeze(work, account_id, cause, service.settings.working_time)
        verifying: Future[httpx.Response] = pool.submit(owner.verify)
        until_it_waits(service)
    answer = verifying.result(GIVES_UP_AFTER_S)
    assert (answer.status_code, answer.json()["code"]) == (409, "account_frozen")


def test_two_approvals_at_once_unfreeze_once(
    service: Service, pool: ThreadPoolExecutor, account_id: str
) -> None:
    agent, supervisor = service.client("agent"), service.client("supervisor")
    for nth in range(ROUNDS):
        account = f"{account_id}-{nth}"
        case_id = desk.freeze(agent, account)["case"]["case_id"]
        desk.check_identity(agent, case_id)
        request_id = desk.ask_unfreeze(agent, account, case_id).json()["request_id"]
        decide = [partial(desk.decide, supervisor, account, request_id)] * 2
        assert sorted(answer.status_code for answer in at_once(pool, *decide)) == [200, 409]


def test_a_freeze_during_an_approval_is_not_lost(
    service: Service, pool: ThreadPoolExecutor, account_id: str
) -> None:
    """Whoever comes first: the account ends frozen, by the freeze that stood or by a new one."""
    agent, supervisor = service.client("agent"), service.client("supervisor")
    for nth in range(ROUNDS):
        account = f"{account_id}-{nth}"
        case_id = desk.freeze(agent, account)["case"]["case_id"]
        desk.check_identity(agent, case_id)
        request_id = desk.ask_unfreeze(agent, account, case_id).json()["request_id"]
        _, decided = at_once(
            pool, partial(desk.freeze, agent, account), partial(desk.decide, supervisor, account, request_id)
        )
        assert decided.status_code in {200, 409}
        assert desk.standing(agent, account)["standing"] == "frozen"


def test_a_case_is_not_closed_by_one_while_another_freezes_for_it(
    service: Service, pool: ThreadPoolExecutor, account_id: str
) -> None:
    agent, wallet = service.client("agent"), service.client("wallet")
    case_id = desk.freeze(agent, account_id)["case"]["case_id"]
    desk.step(agent, case_id, "investigating")
    resolved, _ = at_once(
        pool, lambda: desk.step(agent, case_id, "resolved"), lambda: desk.freeze(wallet, account_id)
    )
    # Whichever came first: the case of a frozen account, or a case that a new report has changed.
    assert resolved.json()["code"] in {"account_frozen", "version_stale"}
    assert desk.standing(agent, account_id)["standing"] == "frozen"


def test_A19_of_two_patches_upon_one_version_one_is_refused(
    service: Service, pool: ThreadPoolExecutor, account_id: str
) -> None:
    agent, supervisor = service.client("agent"), service.client("supervisor")
    case_id = desk.open_case(agent, account_id)["case_id"]
    for nth in range(ROUNDS):
        seen = {"If-Match": agent.get(f"/v1/cases/{case_id}").headers["ETag"]}
        patch = partial(httpx.Client.patch, url=f"/v1/cases/{case_id}", headers=seen)
        answers = at_once(
            pool,
            partial(patch, agent, json={"assignee": f"agent {nth}"}),
            partial(patch, supervisor, json={"assignee": f"supervisor {nth}"}),
        )
        assert sorted(answer.status_code for answer in answers) == [200, 412]


def test_chains_of_many_writers_at_once_hold(
    service: Service, pool: ThreadPoolExecutor, account_id: str
) -> None:
    agent = service.client("agent")
    case_id = desk.open_case(agent, account_id)["case_id"]
    note = {"text": "at once", "internal": True}
    write = [lambda: agent.post(f"/v1/cases/{case_id}/notes", json=note).status_code] * 8
    assert at_once(pool, *write) == [201] * 8
    entries = service.client("auditor").get("/v1/audit", params={"account_id": account_id}).json()["items"]
    assert sorted(entry["sequence"] for entry in entries) == list(range(1, 10))


def test_R35_nothing_of_the_theft_is_proven_while_the_account_is_given_back(
    service: Service, pool: ThreadPoolExecutor, account_id: str
) -> None:
    """The alert's answer, the challenge and a code come in while the second person approves."""
    wallet, agent, supervisor = (service.client(role) for role in ("wallet", "agent", "supervisor"))
    for nth in range(ROUNDS // 4):
        theft = Theft(service, wallet, agent, supervisor, f"{account_id}-{nth}")
        owner = Owner(theft.wallet, service.clock, theft.account_id).enrol()
        theft.logs_in("evt-owner")
        theft.wait(hours=1)
        alert_id = theft.thief_logs_in("evt-thief")["alert_id"]
        case_id = theft.reports()
        desk.check_identity(theft.agent, case_id).raise_for_status()
        request_id = desk.ask_unfreeze(theft.agent, theft.account_id, case_id).json()["request_id"]
        at_once(
            pool,
            partial(desk.decide, theft.supervisor, theft.account_id, request_id),
            partial(theft.wallet.post, f"/v1/alerts/{alert_id}/answer", json={"answer": "was_me"}),
            partial(theft.passes, "evt-thief"),
            partial(owner.verify, owner.code(), event_id="evt-thief"),
        )
        assert desk.standing(theft.wallet, theft.account_id)["standing"] == "active"
        assert (theft.devices(), owner.status()["enabled"]) == ({}, False)
