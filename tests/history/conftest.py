"""The evidence of a case."""

from __future__ import annotations

from typing import Any

import pytest

from tests.cases import desk
from tests.service import Service


@pytest.fixture
def document(service: Service, account_id: str) -> dict[str, Any]:
    """The evidence of a frozen account's case."""
    agent = service.client("agent")
    case_id = desk.freeze(agent, account_id)["case"]["case_id"]
    desk.check_identity(agent, case_id)
    desk.ask_unfreeze(agent, account_id, case_id)
    agent.post(f"/v1/cases/{case_id}/notes", json={"text": "失主来电，声音吻合", "internal": True})
    answer = agent.get(f"/v1/cases/{case_id}/evidence")
    assert answer.status_code == 200, answer.text
    body: dict[str, Any] = answer.json()
    return body
