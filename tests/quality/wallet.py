"""A wallet whose owners, staff and challenges say whose logins were."""

from __future__ import annotations

from typing import Any

import httpx

from secmon.quality import counting
from tests.alerts.owner import Alerted, alerted
from tests.cases import desk
from tests.service import Service

QUALITY = "/v1/risk-policy/quality"


class Wallet:
    """One service, its people, and a worker that counts when it is told to."""

    def __init__(self, service: Service) -> None:
        self.service = service
        self.wallet, self.agent, self.supervisor, self.admin = (
            service.client(role) for role in ("wallet", "agent", "supervisor", "admin")
        )

    def robbed(self, account_id: str) -> Alerted:
        """An owner's login, and a stranger's that is challenged."""
        owner = alerted(self.wallet, account_id)
        assert owner.judged["decision"] == "challenge"
        return owner

    def settles(self, owner: Alerted, outcome: str) -> None:
        path = f"/v1/accounts/{owner.account_id}/login-events/{owner.event['event_id']}/challenge"
        told = {"outcome": outcome, "method": "otp", "occurred_at": owner.event["occurred_at"]}
        self.wallet.post(path, json=told).raise_for_status()

    def opens(self, account_id: str, *, checked: bool) -> str:
        case_id: str = desk.open_case(self.agent, account_id)["case_id"]
        if checked:
            desk.check_identity(self.agent, case_id).raise_for_status()
        return case_id

    def finds(self, owner: Alerted, verdict: str, case_id: str) -> httpx.Response:
        """Staff's verdict on the stranger's login."""
        return self.agent.put(self.verdict_path(owner), json={"verdict": verdict, "case_id": case_id})

    def verdict_path(self, owner: Alerted) -> str:
        return f"/v1/accounts/{owner.account_id}/login-events/{owner.event['event_id']}/verdict"

    def counted(self) -> dict[str, Any]:
        """What is told of the latest four weeks, once the worker has counted whatever is due."""
        while counting.count_due(self.service.database):
            pass
        latest: dict[str, Any] = self.shown()["latest"]
        return latest

    def shown(self) -> Any:
        return self.admin.get(QUALITY).raise_for_status().json()
