"""Batches over HTTP, JSON and NDJSON: what is no event hurts no neighbour, what is no batch is refused."""

from __future__ import annotations

import json

import httpx
import pytest

from tests.logins.factories import login, takeover

NO_EVENTS = [
    ("null", ""),
    (r'{"event_id": "e-1", "user_agent": "a\u0000b"}', "/user_agent"),
    (r'{"event_id": "e-1", "ip": "\ud800"}', "/ip"),
    (r'{"event_id": "\udfff"}', "/event_id"),
    (r'{"event_id": "e-1", "\u0000": 1}', ""),
    ('{"event_id": "e-1", "event_id": "e-2"}', ""),
    ('{"event_id": "e-1", "geo": {"asn": 1, "asn": 2}}', "/geo"),
]


@pytest.mark.parametrize(("text", "pointer"), NO_EVENTS)
@pytest.mark.parametrize("content_type", ["application/json", "application/x-ndjson"])
def test_what_is_no_event_at_all_hurts_no_neighbour(
    wallet: httpx.Client, account_id: str, text: str, pointer: str, content_type: str
) -> None:
    events = [json.dumps(login(account_id)), text, json.dumps(login(account_id))]
    whole = "\n".join(events) if "ndjson" in content_type else f'{{"events": [{",".join(events)}]}}'
    answer = wallet.post(
        "/v1/login-events/batch", content=whole.encode(), headers={"Content-Type": content_type}
    )
    results = answer.json()["results"]
    assert [result["status"] for result in results] == ["created", "invalid", "created"]
    assert results[1]["errors"][0]["pointer"] == f"/events/1{pointer}"
    assert results[1]["event_id"] in ({"e-1", "e-2"} if '"e-' in text else {None})


@pytest.mark.parametrize(
    ("whole", "pointer"),
    [
        ('{"events": [], "events": []}', ""),
        (r'{"events": [], "\u0000": 1}', ""),
        (r'{"events": [], "more": "\u0000"}', "/more"),
    ],
)
def test_what_is_wrong_with_the_whole_refuses_it(wallet: httpx.Client, whole: str, pointer: str) -> None:
    answer = wallet.post(
        "/v1/login-events/batch", content=whole, headers={"Content-Type": "application/json"}
    )
    assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (422, pointer)


def test_ndjson_is_read_line_by_line(wallet: httpx.Client, account_id: str) -> None:
    lines = [json.dumps(login(account_id)), "{broken", json.dumps(takeover(account_id))]
    answer = wallet.post(
        "/v1/login-events/batch",
        content="\n".join(lines).encode(),
        headers={"Content-Type": "application/x-ndjson"},
    )
    assert [result["status"] for result in answer.json()["results"]] == ["created", "invalid", "created"]


@pytest.mark.parametrize("content_type", ["application/json", "application/x-ndjson"])
def test_a_batch_with_a_key_is_answered_again_as_it_was(
    wallet: httpx.Client, account_id: str, content_type: str
) -> None:
    events = [json.dumps(login(account_id)) for _ in range(2)]
    whole = "\n".join(events) if "ndjson" in content_type else f'{{"events": [{",".join(events)}]}}'

    def post(content: str) -> httpx.Response:
        headers = {"Content-Type": content_type, "Idempotency-Key": f"batch-{account_id}"}
        return wallet.post("/v1/login-events/batch", content=content.encode(), headers=headers)

    first, again = post(whole), post(whole)
    assert [result["status"] for result in first.json()["results"]] == ["created", "created"]
    assert [result["status"] for result in again.json()["results"]] == ["duplicate", "duplicate"]
    assert "Idempotency-Replayed" not in again.headers
    told, told_again = ([one["assessment"] for one in answer.json()["results"]] for answer in (first, again))
    assert told == told_again
    assert post(whole + " ").json()["code"] == "idempotency_key_reused"


def test_an_empty_batch_and_one_too_many_are_refused(wallet: httpx.Client, account_id: str) -> None:
    assert wallet.post("/v1/login-events/batch", json={"events": []}).status_code == 422
    many = [login(account_id) for _ in range(1001)]
    assert wallet.post("/v1/login-events/batch", json={"events": many}).status_code == 422
    lines = "\n".join(json.dumps(event) for event in many)
    headers = {"Content-Type": "application/x-ndjson"}
    assert wallet.post("/v1/login-events/batch", content=lines.encode(), headers=headers).status_code == 422
    assert wallet.get(f"/v1/accounts/{account_id}/login-events").status_code == 404


def test_a_batch_of_another_content_type_is_refused(wallet: httpx.Client) -> None:
    answer = wallet.post("/v1/login-events/batch", content=b"a,b", headers={"Content-Type": "text/csv"})
    assert answer.status_code == 415
