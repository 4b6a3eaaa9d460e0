"""What is smuggled into a case, guessed of one, or written to mislead whoever reads it."""

from __future__ import annotations

import io
import uuid
from typing import Any

import httpx
import pytest

from tests.cases import desk
from tests.service import Service


@pytest.mark.parametrize(
    "smuggled", [{"reference": "SC-1"}, {"holds_freeze": False}, {"version": 1}, {"standing": "active"}]
)
def test_A26_what_is_smuggled_into_a_case_is_refused(
    agent: httpx.Client, account_id: str, smuggled: dict[str, Any]
) -> None:
    """Beside a change that is right, so that only what is smuggled can be what is refused."""
    case_id = desk.open_case(agent, account_id)["case_id"]
    change = {"priority": "low", **smuggled}
    answer = agent.patch(f"/v1/cases/{case_id}", json=change, headers={"If-Match": '"1"'})
    assert desk.code(answer) == (422, "invalid_fields")
    assert [error["pointer"] for error in answer.json()["errors"]] == [f"/{name}" for name in smuggled]


def test_A25_a_guessed_case_looks_like_an_unknown_one(agent: httpx.Client) -> None:
    path = f"/v1/cases/{uuid.uuid4()}"
    reads = [agent.get(path), agent.get(f"{path}/timeline"), agent.get(f"{path}/evidence")]
    writes = [
        agent.patch(path, json={"priority": "low"}, headers={"If-Match": '"1"'}),
        agent.post(f"{path}/notes", json={"text": "x", "internal": True}),
        desk.check_identity(agent, path.rsplit("/", 1)[1]),
    ]
    assert {(answer.status_code, answer.json()["code"]) for answer in [*reads, *writes]} == {
        (404, "case_unknown")
    }


def test_A28_markup_is_text(agent: httpx.Client, account_id: str) -> None:
    markup = "<script>alert(1)</script><img src=x onerror=alert(2)>"
    case_id = desk.open_case(agent, account_id, subject=markup, summary=markup)["case_id"]
    agent.post(f"/v1/cases/{case_id}/notes", json={"text": markup, "internal": False})
    for path in ("", "/timeline", "/evidence"):
        answer = agent.get(f"/v1/cases/{case_id}{path}")
        assert answer.headers["Content-Type"] == "application/json"
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert agent.get(f"/v1/cases/{case_id}").json()["notes"][0]["text"] == markup


def test_A29_line_breaks_in_fields_write_no_line_of_the_log(
    service: Service, account_id: str, logged: io.StringIO
) -> None:
    forged = "harmless\r\nlevel=info event=forged\u2028status=200"
    agent = service.client("agent")
    case_id = desk.open_case(agent, account_id, subject=forged, summary=forged)["case_id"]
    agent.post(f"/v1/cases/{case_id}/notes", json={"text": forged, "internal": True}).raise_for_status()
    written = logged.getvalue()
    assert '"/v1/cases/<uuid:case_id>/notes"' in written
    assert "forged" not in written
