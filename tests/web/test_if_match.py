"""A change is made upon what its caller saw: `If-Match` names it, byte for byte (RFC 9110 §13.1.1)."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import httpx
import pytest

from tests.cases import desk
from tests.databases import fresh_database
from tests.policies.drafts import draft
from tests.service import Service

# Who changes it, how, where, to what.
Change = tuple[httpx.Client, str, str, dict[str, Any]]

ENDPOINT = {"url": "https://hooks.example.com/if-match", "events": ["login.alert"]}
# What was seen, and how it is said: as the service said it, as a cache marks it, and so on.
SEEN: dict[str, Callable[[str], str]] = {
    "weak": lambda tag: f"W/{tag}",
    "longer": lambda tag: f'{tag[:-1]}0"',
    "anything": lambda _tag: "*",
    "nothing": lambda _tag: "",
}


@pytest.fixture(scope="module")
def own_service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    """A policy judges every account, and an endpoint hears of each: nobody else's tests may share these."""
    service = Service(fresh_database("sqlite"), tmp_path_factory.mktemp("if-match"))
    yield service
    service.stop()


@pytest.fixture(params=["case", "endpoint", "policy"])
def change(request: pytest.FixtureRequest, own_service: Service) -> Iterator[Change]:
    """Who changes what, where, and the body of a good change."""
    with own_service.client("admin") as admin, own_service.client("agent") as agent:
        match request.param:
            case "case":
                opened = desk.open_case(agent, "acct-1")
                yield agent, "PATCH", f"/v1/cases/{opened['case_id']}", {"priority": "low"}
            case "endpoint":
                made = admin.post("/v1/webhook-endpoints", json=ENDPOINT).raise_for_status().json()
                yield admin, "PATCH", f"/v1/webhook-endpoints/{made['endpoint_id']}", {"enabled": False}
            case _:
                yield admin, "PUT", "/v1/risk-policy", {"document": draft()}


@pytest.mark.parametrize("said", SEEN)
def test_a_version_that_is_not_named_exactly_is_not_one_that_was_seen(change: Change, said: str) -> None:
    """A weak tag says that something like it was seen: too little to change it by."""
    client, method, path, body = change
    tag = client.get(path).headers["ETag"]
    refused = client.request(method, path, json=body, headers={"If-Match": SEEN[said](tag)})
    assert desk.code(refused) == (412, "version_stale")
    assert client.get(path).headers["ETag"] == tag
    good = client.request(method, path, json=body, headers={"If-Match": f'"other", {tag}'})
    assert good.is_success, good.text
