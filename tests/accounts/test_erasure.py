"""Erasure: personal data goes from every table, the record of what was done stays and verifies."""

from __future__ import annotations

from typing import Any

import httpx
import pytest
from sqlalchemy import func, select

from secmon.accounts.gate import Standing
from secmon.audit import verify
from secmon.house import METADATA
from tests.alerts.owner import alerted
from tests.cases import desk
from tests.logins.factories import phone
from tests.pages.browser import Page
from tests.service import NO_TLS, Service

# An address of the loopback that nobody else comes from.
OWNERS_ADDRESS = "127.0.0.77"
PERSONAL = ("Wang Xiaoming", "wang@example.com", "+8613812345678", "203.0.113.99", OWNERS_ADDRESS)
# Ids of devices, before the account's own.
DEVICES = ("ins-", "strange-")
# What stays of an erased account: who did what, without the words.
# The record, and what held the account; nothing personal in either.
STAYS = {"audit_entries", "account_tombstones", "holds", "recoveries"}


@pytest.fixture
def case_id(
    service: Service, wallet: httpx.Client, agent: httpx.Client, supervisor: httpx.Client, account_id: str
) -> str:
    """The settled case of an account with a rich past."""
    path = f"/v1/accounts/{account_id}"
    wallet.put(path, json={"email": PERSONAL[1], "phone": PERSONAL[2]}).raise_for_status()
    alert = alerted(wallet, account_id, ip=PERSONAL[3])
    device = f"{path}/devices/ins-{account_id}"
    wallet.patch(device, json={"trusted": True}).raise_for_status()
    wallet.delete(device).raise_for_status()
    with httpx.Client(
        base_url=service.url, transport=httpx.HTTPTransport(local_address=OWNERS_ADDRESS), verify=NO_TLS
    ) as browser:
        assert Page(service, alert, browser).answer("not_me").status_code == 200
    case_id: str = desk.freeze(wallet, account_id, summary=PERSONAL[0])["case"]["case_id"]
    agent.post(f"/v1/cases/{case_id}/notes", json={"text": PERSONAL[0], "internal": True}).raise_for_status()
    desk.check_identity(agent, case_id)
    ask = {"case_id": case_id, "reason": f"Spoke with {PERSONAL[0]}"}
    request_id = agent.post(f"{path}/unfreeze", json=ask).json()["request_id"]
    desk.decide(supervisor, account_id, request_id).raise_for_status()
    assert desk.step(agent, case_id, "investigating", "resolved").status_code == 200
    return case_id


def test_an_open_case_is_a_legal_hold(wallet: httpx.Client, account_id: str, case_id: str) -> None:
    assert case_id
    answer = wallet.delete(f"/v1/accounts/{account_id}")
    assert (answer.status_code, answer.json()["code"]) == (409, "legal_hold")


def test_personal_data_goes_from_every_table(
    service: Service, wallet: httpx.Client, agent: httpx.Client, account_id: str, case_id: str
) -> None:
    assert any(found(service, account_id).values())
    assert {text for _, text in personal(service, account_id)} > {PERSONAL[0], PERSONAL[3], OWNERS_ADDRESS}
    desk.step(agent, case_id, "closed")
    assert wallet.delete(f"/v1/accounts/{account_id}").status_code == 204
    left = {table for table, rows in found(service, account_id).items() if rows}
    assert left <= STAYS
    assert personal(service, account_id) == set()
    assert wallet.get(f"/v1/accounts/{account_id}/standing").status_code == 404
    assert agent.get(f"/v1/cases/{case_id}").status_code == 404


def test_the_chain_of_an_erased_account_verifies_without_its_words(
    service: Service, wallet: httpx.Client, agent: httpx.Client, account_id: str, case_id: str
) -> None:
    desk.step(agent, case_id, "closed")
    wallet.delete(f"/v1/accounts/{account_id}").raise_for_status()
    with service.work(write=False) as work:
        verdict = verify.verify(work, account_id)
    assert verdict.flaw is None
    entries = service.client("auditor").get("/v1/audit", params={"account_id": account_id}).json()["items"]
    assert entries[0]["action"] == "account.erased"
    assert {entry["reason"] for entry in entries} == {None}


def test_an_erased_account_begins_anew(
    wallet: httpx.Client, agent: httpx.Client, account_id: str, case_id: str
) -> None:
    desk.step(agent, case_id, "closed")
    wallet.delete(f"/v1/accounts/{account_id}").raise_for_status()
    assert wallet.delete(f"/v1/accounts/{account_id}").status_code == 404
    wallet.put(f"/v1/accounts/{account_id}", json={"locale": "en"}).raise_for_status()
    assert desk.standing(wallet, account_id)["standing"] == Standing.ACTIVE


def test_until_then_the_record_names_device_and_address(
    service: Service, account_id: str, case_id: str
) -> None:
    auditor = service.client("auditor")

    def recorded(action: str) -> dict[str, Any]:
        query = {"account_id": account_id, "action": action}
        (entry,) = auditor.get("/v1/audit", params=query).json()["items"]
        return {name: entry[name] for name in ("subject", "address", "personal")}

    device = {"subject": phone(account_id)}
    assert recorded("device.forgotten") == {"subject": None, "address": "127.0.0.1", "personal": device}
    answered = recorded("alert.answered")
    assert (answered["address"], answered["personal"]) == (None, {"address": OWNERS_ADDRESS})
    told = service.client("agent").get(f"/v1/cases/{case_id}/timeline", params={"limit": 200}).json()["items"]
    facts = {entry["what"]: entry["facts"] for entry in told}
    assert facts["device.forgotten"]["subject"] == device["subject"]
    assert facts["alert.answered"]["from"] == OWNERS_ADDRESS


def personal(service: Service, account_id: str) -> set[tuple[str, str]]:
    """Where in any table, the audit's among them, something personal of the account is: table, text."""
    wanted = (*PERSONAL, *(f"{prefix}{account_id}" for prefix in DEVICES))
    where: set[tuple[str, str]] = set()
    with service.work(write=False) as work:
        for name, table in METADATA.tables.items():
            query = select(table)
            if "account_id" in table.c:
                query = query.where(table.c.account_id == account_id)
            for row in work.session.execute(query):
                text = repr(tuple(row))
                where |= {(name, one) for one in wanted if one in text}
    return where


def found(service: Service, account_id: str) -> dict[str, int]:
    """How many rows each table by account holds of this one."""
    with service.work(write=False) as work:
        return {
            name: work.session.scalar(select(func.count()).where(table.c.account_id == account_id)) or 0
            for name, table in METADATA.tables.items()
            if "account_id" in table.c
        }
