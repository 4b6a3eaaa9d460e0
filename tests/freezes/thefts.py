"""A theft from its beginning to the day after: the owner, the thief, and the support desk."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import httpx

from tests.cases import desk
from tests.logins.factories import BEIJING, login, takeover
from tests.service import Service

THEFTS = ("theft_reported", "device_lost")


@dataclass(frozen=True)
class Theft:
    """What people do with one account; times are those of the service's clock."""

    service: Service
    wallet: httpx.Client
    agent: httpx.Client
    supervisor: httpx.Client
    account_id: str

    @property
    def path(self) -> str:
        return f"/v1/accounts/{self.account_id}"

    @property
    def now(self) -> datetime:
        return self.service.clock.now

    def wait(self, **by: float) -> None:
        self.service.clock.advance(timedelta(**by))

    def logs_in(self, event_id: str, **changes: Any) -> dict[str, Any]:
        """The owner, from the usual phone and place, unless `changes` say otherwise."""
        event = login(self.account_id, event_id=event_id, **changes)
        return self._judged({**event, "occurred_at": self.now.isoformat()})

    def thief_logs_in(self, event_id: str, **changes: Any) -> dict[str, Any]:
        event = takeover(self.account_id, event_id=event_id, **changes)
        return self._judged({**event, "occurred_at": self.now.isoformat()})

    def thief_is_let_in(self, event_id: str) -> dict[str, Any]:
        """With a second factor that the thief has, from the owner's own city."""
        return self.thief_logs_in(event_id, geo=BEIJING, ip="203.0.113.8", amr=["pwd", "otp"])

    def _judged(self, event: dict[str, Any]) -> dict[str, Any]:
        answer = self.wallet.post("/v1/login-events", json=event).raise_for_status()
        judged: dict[str, Any] = answer.json()
        return judged

    def passes(self, event_id: str, method: str = "otp") -> httpx.Response:
        """The challenge of that login."""
        body = {"outcome": "passed", "method": method, "occurred_at": self.now.isoformat()}
        return self.wallet.post(f"{self.path}/login-events/{event_id}/challenge", json=body)

    def reports(self, reason: str = "theft_reported", **more: Any) -> str:
        """Freezes; the case's id."""
        frozen = desk.freeze(self.wallet, self.account_id, reason=reason, **more)
        case_id: str = frozen["case"]["case_id"]
        return case_id

    def gives_back(self, case_id: str, **more: Any) -> None:
        desk.give_back(self.agent, self.supervisor, self.account_id, case_id, **more)

    def reports_and_gives_back(self, reason: str = "theft_reported", **more: Any) -> str:
        case_id = self.reports(reason)
        self.gives_back(case_id, **more)
        return case_id

    def changes_password(self, event_id: str, **changes: Any) -> httpx.Response:
        body = {"event_id": event_id, "credential": "password", "method": "user"}
        body["occurred_at"] = self.now.isoformat()
        return self.wallet.post(f"{self.path}/credential-changes", json={**body, **changes})

    def required(self) -> set[str]:
        return set(desk.standing(self.wallet, self.account_id)["required_actions"])

    def devices(self) -> dict[str, dict[str, Any]]:
        """Those known, by id."""
        items = self.wallet.get(f"{self.path}/devices").raise_for_status().json()["items"]
        return {device["device_id"]: device for device in items}

    def alerts(self) -> list[dict[str, Any]]:
        items: list[dict[str, Any]] = (
            self.wallet.get(f"{self.path}/alerts").raise_for_status().json()["items"]
        )
        return items

    def freeze_shown(self) -> dict[str, Any]:
        """The account's latest freeze."""
        shown: dict[str, Any] = self.wallet.get(f"{self.path}/freezes").json()["items"][0]
        return shown
