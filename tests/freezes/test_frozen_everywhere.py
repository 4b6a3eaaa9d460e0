"""A21, R15: every route there is, walked with a frozen account; none of them thaws it or lets it act."""

from __future__ import annotations

import re
import uuid
from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from secmon.accounts.gate import Action
from secmon.clients.scopes import SCOPES_OF, Role
from secmon.web.guard import operations
from secmon.web.operation import OPEN, Operation
from tests.cases import desk
from tests.logins.factories import login, takeover
from tests.service import Service

ARGUMENT = re.compile(r"<(?:\w+:)?(\w+)>")
# Routes that tell what was answered before the freeze, word for word.
TELLS_THE_PAST = re.compile(r"GET .*/(login-events|timeline|evidence)")
# What would let a frozen account act.
LETS_IN = {
    ("decision", "allow"),
    ("verdict", "accepted"),
    ("allowed", True),
    ("standing", "active"),
    ("trusted", True),
}


@pytest.mark.parametrize("role", Role)
def test_A21_no_route_lets_a_frozen_account_act(service: Service, account_id: str, role: Role) -> None:
    with service.client("wallet") as wallet:
        usual = wallet.post("/v1/login-events", json=login(account_id)).raise_for_status().json()
        challenged = wallet.post("/v1/login-events", json=takeover(account_id)).json()
        assert challenged["decision"] == "challenge"
        frozen = desk.freeze(wallet, account_id)
    known = {"account_id": account_id, "case_id": frozen["case"]["case_id"]}
    in_path = {**known, "event_id": challenged["event_id"], "device_id": usual["device"]["device_id"]}
    with service.client(role) as client:
        for method, path, declared in walk(service, role, in_path):
            if method == "DELETE" and path == f"/v1/accounts/{account_id}":
                assert client.delete(path).status_code in {403, 409}
                continue
            body = about(declared.example, known)
            answer = client.request(method, path, json=body, headers={"If-Match": '"1"'})
            assert answer.status_code < 500, (method, path, answer.text)
            if TELLS_THE_PAST.fullmatch(f"{method} {path}"):
                continue
            assert not said(answer) & LETS_IN, (method, path, answer.text)
    wallet = service.client("wallet")
    for action in Action:
        gate = desk.standing(wallet, account_id, action.value)
        assert (gate["standing"], gate["allowed"]) == ("frozen", False)


def walk(service: Service, role: Role, known: dict[str, str]) -> Iterator[tuple[str, str, Operation]]:
    """Every route that the role may call, its path about the frozen account where it can be."""
    declared = operations(service.app)
    for rule in service.app.url_map.iter_rules():
        found = declared[rule.endpoint]
        if found.scope == OPEN or found.scope not in SCOPES_OF[role]:
            continue
        path = ARGUMENT.sub(lambda name: known.get(name[1], str(uuid.UUID(int=7))), rule.rule)
        for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}):
            yield method, path, found


def about(example: Any, known: dict[str, str]) -> Any:
    """A route's own example, of the frozen account and its case."""
    if isinstance(example, dict):
        return {name: known.get(name, about(value, known)) for name, value in example.items()}
    return [about(value, known) for value in example] if isinstance(example, list) else example


def said(answer: httpx.Response) -> set[tuple[str, Any]]:
    """Every name and plain value in an answer."""
    if not answer.headers.get("Content-Type", "").startswith("application/json"):
        return set()
    found, waiting = set(), [answer.json()]
    while waiting:
        value = waiting.pop()
        if isinstance(value, list):
            waiting += value
        elif isinstance(value, dict):
            waiting += value.values()
            found |= {(name, item) for name, item in value.items() if isinstance(item, str | bool)}
    return found
