"""A22: a worker that comes late, with all that a freeze left behind, freezes nobody again."""

from __future__ import annotations

from datetime import timedelta

import httpx

from secmon.worker.duties import duties
from tests.cases import desk
from tests.service import Service


def test_A22_no_duty_re_freezes_a_cleared_account(
    service: Service, wallet: httpx.Client, account_id: str
) -> None:
    """Messages unsent, marks uncounted, a case overdue: everything that was owed while it was frozen."""
    agent, supervisor = service.client("agent"), service.client("supervisor")
    case_id = desk.freeze(wallet, account_id)["case"]["case_id"]
    chosen = duties(service.settings, service.database)
    desk.give_back(agent, supervisor, account_id, case_id)
    # By now the case is overdue, and all that waited is due.
    service.clock.advance(timedelta(days=3))
    before = desk.standing(wallet, account_id)
    assert before["standing"] == "active"
    assert agent.get(f"/v1/cases/{case_id}").json()["overdue"] is True
    for duty in chosen:
        for _ in range(2):
            duty.run(service.database)
        duty.stop()
    assert desk.standing(wallet, account_id) == before
    assert len(agent.get(f"/v1/accounts/{account_id}/freezes").json()["items"]) == 1
