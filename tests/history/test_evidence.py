"""The evidence document: complete, of one instant, gathered while others go on."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest
from joserfc.jwk import ECKey

from secmon.audit import chain
from secmon.cases import service as cases
from secmon.clients import service as clients
from secmon.clients.scopes import Role
from secmon.database.work import Work
from secmon.history import evidence
from secmon.history.parts import HISTORY
from secmon.house import SOURCES
from secmon.rooms.entries import Before, Entry, TimelineSource
from secmon.web.caller import AUTHENTICATE
from tests.cases import desk
from tests.service import Service


def test_a_document_says_what_happened(document: dict[str, Any]) -> None:
    told = {entry["what"] for entry in document["timeline"]}
    assert {"account.frozen", "case.opened", "note", "message"} <= told
    assert [entry["sequence"] for entry in document["audit"]] == list(range(1, len(document["audit"]) + 1))


def test_F05_nobody_waits_while_evidence_is_gathered(service: Service, account_id: str) -> None:
    """What happens meanwhile happens at once, and is not in the document: that is of one instant.

    Read as a caller reads it: whether that one still stands is asked in front, and begins the transaction.
    """
    wallet = service.client("wallet")
    opened = desk.open_case(service.client("agent"), account_id)

    def meanwhile(_work: Work, _account_id: str, before: Before | None, _limit: int) -> list[Entry]:
        if before is None:
            desk.freeze(wallet, account_id)
        return []

    sources = (TimelineSource("meanwhile", meanwhile), *SOURCES)
    rules = replace(HISTORY.of(service.app), sources=sources)
    caller = AUTHENTICATE.of(service.app)(service.token("agent"))
    assert caller.check is not None
    with service.database.snapshot(caller.actor, caller.check) as work:
        case = cases.get(work, uuid.UUID(opened["case_id"]))
        parts = evidence.gathered(work, case, {}, rules)
    assert desk.standing(wallet, account_id)["standing"] == "frozen"
    assert [entry["action"] for entry in parts["audit"]] == ["case.opened"]
    assert {entry["what"] for entry in parts["timeline"]} == {"case.opened", "message"}


def test_R29_a_recipient_follows_the_audit_chain_by_the_document_alone(document: dict[str, Any]) -> None:
    """Every hash is recomputed from what the document shows, words and personal parts with their salt."""
    previous = chain.GENESIS.hex()
    explained = 0
    for entry in document["audit"]:
        if entry["reason_digest"]:
            personal = None if entry["personal"] is None else chain.canonical(entry["personal"])
            digest = chain.commitment(bytes.fromhex(entry["salt"]), entry["reason"] or "", personal)
            assert digest.hex() == entry["reason_digest"]
            explained += 1
        covered = {name: entry[name] for name in chain.ChainLink.__slots__}
        link = chain.ChainLink(**covered | {"facts": chain.canonical(entry["facts"])})
        assert (entry["previous_hash"], entry["hash"]) == (previous, link.hash().hex())
        previous = entry["hash"]
    assert explained > 0


def test_handing_evidence_out_is_audited(service: Service, document: dict[str, Any]) -> None:
    query = {"account_id": document["about"]["account_id"], "action": "evidence.exported"}
    (entry,) = service.client("auditor").get("/v1/audit", params=query).json()["items"]
    assert entry["facts"]["key_id"]


def test_A36_who_is_revoked_while_evidence_is_gathered_is_handed_none(
    service: Service, account_id: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A long past takes its time: whether the caller still stands is asked where the document leaves."""
    with service.work() as work:
        leaving = clients.create(work, name="agent who leaves", role=Role.AGENT)
    secret = {"client_id": str(leaving.client.client_id), "client_secret": leaving.secret}
    monkeypatch.setitem(service.credentials, "leaving", secret)
    opened = desk.open_case(service.client("agent"), account_id)
    sealed = evidence.sealed

    def sealed_slowly(parts: Mapping[str, Any], key: ECKey) -> dict[str, Any]:
        with service.work() as beside:
            clients.revoke(beside, leaving.client.client_id)
        return sealed(parts, key)

    monkeypatch.setattr(evidence, "sealed", sealed_slowly)
    refused = service.client("leaving").get(f"/v1/cases/{opened['case_id']}/evidence")
    assert (refused.status_code, refused.json()["code"]) == (401, "unauthenticated")
    query = {"account_id": account_id, "action": "evidence.exported"}
    assert service.client("auditor").get("/v1/audit", params=query).json()["items"] == []
