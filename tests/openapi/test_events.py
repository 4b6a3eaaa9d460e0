"""Every event is described, and what is really sent is what the document says of it."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest
from sqlalchemy import text

from secmon.app import api_document
from secmon.outbox.kinds import Kind
from tests.service import Service
from tests.twofactor.authenticator import Authenticator

GUIDE = Path(__file__).parents[2] / "docs" / "webhooks.md"


@pytest.fixture(scope="module")
def webhooks() -> dict[str, Any]:
    found: dict[str, Any] = api_document()["webhooks"]
    return found


def schema_of(webhooks: dict[str, Any], kind: str) -> dict[str, Any]:
    content = webhooks[kind]["post"]["requestBody"]["content"]["application/json"]
    found: dict[str, Any] = content["schema"]
    return found


def owed(service: Service, account_id: str) -> Iterator[tuple[str, dict[str, Any]]]:
    """Each message of the account: its type, and its `data` as receivers get it."""
    with service.work(write=False) as work:
        query = text("SELECT kind, payload FROM outbox_messages WHERE account_id = :account_id")
        for kind, payload in work.session.execute(query, {"account_id": account_id}):
            yield kind, {"account_id": account_id, **json.loads(payload)}


def test_every_event_is_described(webhooks: dict[str, Any]) -> None:
    assert list(webhooks) == [str(kind) for kind in Kind]


def test_the_guide_names_every_member(webhooks: dict[str, Any]) -> None:
    guide = GUIDE.read_text("utf-8")
    members = {
        member
        for kind in webhooks
        for member in schema_of(webhooks, kind)["properties"]["data"]["properties"]
    }
    assert {member for member in members if f"`{member}`" not in guide} == set()


def test_what_is_sent_is_what_the_document_says(
    sqlite_service: Service, webhooks: dict[str, Any], account_id: str
) -> None:
    live(sqlite_service, account_id)
    seen = defaultdict(list)
    for kind, data in owed(sqlite_service, account_id):
        schema = schema_of(webhooks, kind)["properties"]["data"]
        closed = {**schema, "additionalProperties": False}
        jsonschema_rs.Draft202012Validator(closed, validate_formats=True).validate(data)
        seen[kind].append(data)
    assert {
        "account.frozen", "sessions.revoke", "case.opened", "case.updated", "two_factor.enrolled",
        "recovery_codes.renewed", "credential.changed", "account.restricted", "password.compromised",
    } <= seen.keys()  # fmt: skip


def live(service: Service, account_id: str) -> None:
    """A bad day of one account: what it makes the service say."""
    path, now = f"/v1/accounts/{account_id}", service.clock.now
    with service.client("wallet") as wallet, service.client("agent") as agent:
        wallet.put(path, json={"locale": "en", "email": "owner@example.com"}).raise_for_status()
        wallet.put(path, json={"email": "other@example.com"}).raise_for_status()
        started = wallet.post(f"{path}/totp").raise_for_status().json()
        app = Authenticator.scan(started["otpauth_uri"])
        confirm = {"enrolment_id": started["enrolment_id"], "code": app.shows(now)}
        wallet.post(f"{path}/totp/confirm", json=confirm).raise_for_status()
        service.clock.advance(timedelta(seconds=30))
        renewed = wallet.post(f"{path}/recovery-codes", json={"code": app.shows(service.clock.now)})
        renewed.raise_for_status()
        change = {"event_id": account_id, "occurred_at": now.isoformat(), "credential": "password"}
        wallet.post(f"{path}/credential-changes", json={**change, "method": "user"}).raise_for_status()
        wallet.post(f"{path}/password/compromised", json={"source": "a breach list"}).raise_for_status()
        frozen = wallet.post(f"{path}/freeze", json={"reason": "theft_reported", "channel": "in_app"})
        case = frozen.raise_for_status().json()["case"]["case_id"]
        note = {"text": "We are looking into it.", "internal": False}
        agent.post(f"/v1/cases/{case}/notes", json=note).raise_for_status()
