"""What the tests of cases and freezes do over and over, over HTTP."""

from __future__ import annotations

from typing import Any

import httpx

THEFT = {"reason": "theft_reported", "channel": "hotline", "summary": "Phone taken on the metro"}
CHECK = {"method": "id_document", "outcome": "passed", "evidence_ref": "ids/0417"}


def freeze(client: httpx.Client, account_id: str, **changes: Any) -> dict[str, Any]:
    """The answer to a freeze, which must have been made or have stood."""
    answer = client.post(f"/v1/accounts/{account_id}/freeze", json={**THEFT, **changes})
    assert answer.status_code in {200, 201}, answer.text
    body: dict[str, Any] = answer.json()
    return body


def open_case(client: httpx.Client, account_id: str, **changes: Any) -> dict[str, Any]:
    body = {"account_id": account_id, "category": "login", "channel": "hotline", "subject": "Locked out"}
    answer = client.post("/v1/cases", json={**body, **changes})
    assert answer.status_code == 201, answer.text
    case: dict[str, Any] = answer.json()
    return case


def step(client: httpx.Client, case_id: str, *statuses: str) -> httpx.Response:
    """Takes a case from state to state; the last answer."""
    for status in statuses:
        seen = client.get(f"/v1/cases/{case_id}").headers["ETag"]
        answer = client.patch(f"/v1/cases/{case_id}", json={"status": status}, headers={"If-Match": seen})
    return answer


def check_identity(client: httpx.Client, case_id: str, **changes: Any) -> httpx.Response:
    return client.post(f"/v1/cases/{case_id}/identity-checks", json={**CHECK, **changes})


def ask_unfreeze(client: httpx.Client, account_id: str, case_id: str, **more: Any) -> httpx.Response:
    body = {"case_id": case_id, "reason": "Owner verified", **more}
    return client.post(f"/v1/accounts/{account_id}/unfreeze", json=body)


def seen(client: httpx.Client, case_id: str) -> dict[str, str]:
    """What an approval says of the case that it rests on: as it stands now."""
    return {"If-Match": client.get(f"/v1/cases/{case_id}").headers.get("ETag", '"0"')}


def decide(
    client: httpx.Client,
    account_id: str,
    request_id: str,
    verdict: str = "approve",
    headers: dict[str, str] | None = None,
) -> httpx.Response:
    """Upon the case as it stands, or as `headers` say that it was seen."""
    if headers is None:
        cases = client.get("/v1/cases", params={"account_id": account_id}).json()["items"]
        headers = {
            "If-Match": ", ".join(seen(client, case["case_id"])["If-Match"] for case in cases) or '"0"'
        }
    path = f"/v1/accounts/{account_id}/unfreeze/{request_id}/{verdict}"
    return client.post(path, json={"note": "Seen and heard"}, headers=headers)


def give_back(
    agent: httpx.Client, supervisor: httpx.Client, account_id: str, case_id: str, **more: Any
) -> None:
    """The whole way from a frozen account to an active one."""
    assert check_identity(agent, case_id).status_code == 201
    request_id = ask_unfreeze(agent, account_id, case_id, **more).json()["request_id"]
    answer = decide(supervisor, account_id, request_id)
    assert answer.status_code == 200, answer.text


def standing(client: httpx.Client, account_id: str, action: str | None = None) -> dict[str, Any]:
    query = {} if action is None else {"action": action}
    answer = client.get(f"/v1/accounts/{account_id}/standing", params=query)
    assert answer.status_code == 200, answer.text
    gate: dict[str, Any] = answer.json()
    return gate


def code(answer: httpx.Response) -> tuple[int, str]:
    """The status of a refusal, and its problem code."""
    return answer.status_code, answer.json()["code"]
