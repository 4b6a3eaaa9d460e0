"""An account whose password is watched, and what its owner is told of it."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import httpx
from sqlalchemy import select

from secmon.core.actor import SYSTEM
from secmon.credentials import reminders
from secmon.credentials.age import Reminding
from secmon.outbox.kinds import Kind
from secmon.outbox.models import OwedMessage
from tests.service import START, Service

REMINDING = Reminding(timedelta(days=90), ZoneInfo("Asia/Shanghai"))


@dataclass(frozen=True)
class Owner:
    """`START` is ten in the morning where this owner lives."""

    service: Service
    wallet: httpx.Client
    account_id: str

    @property
    def path(self) -> str:
        return f"/v1/accounts/{self.account_id}"

    def put(self, **told: Any) -> httpx.Response:
        return self.wallet.put(self.path, json=told)

    def dated(self, days_ago: float) -> Owner:
        """The wallet says since when the password is what it is."""
        since = START - timedelta(days=days_ago)
        self.put(password_changed_at=since.isoformat()).raise_for_status()
        return self

    def change(self, occurred_at: datetime, event_id: str, credential: str = "password") -> None:
        body = {"event_id": event_id, "occurred_at": occurred_at.isoformat()}
        body |= {"credential": credential, "method": "user"}
        self.wallet.post(f"{self.path}/credential-changes", json=body).raise_for_status()

    def password(self) -> dict[str, Any]:
        shown: dict[str, Any] = self.wallet.get(f"{self.path}/password").raise_for_status().json()
        return shown

    def compromised(self, **more: Any) -> httpx.Response:
        return self.wallet.post(f"{self.path}/password/compromised", json={"source": "list-7", **more})

    def required(self) -> list[str]:
        actions: list[str] = self.wallet.get(f"{self.path}/standing").json()["required_actions"]
        return actions

    def told(self, kind: Kind = Kind.PASSWORD_REMINDER) -> list[dict[str, Any]]:
        """The payloads of the account's messages of that kind, in their order."""
        query = select(OwedMessage.payload).where(
            OwedMessage.account_id == self.account_id, OwedMessage.kind == kind.value
        )
        with self.service.database.work(SYSTEM, write=False) as work:
            return [json.loads(one) for one in work.session.scalars(query.order_by(OwedMessage.position))]

    def run_worker(self, reminding: Reminding = REMINDING) -> None:
        """The duty, until nothing is left to do at this time."""
        while reminders.run(self.service.database, reminding):
            pass

    def reminded(self) -> list[str]:
        """Which states the owner was reminded of so far, after the worker has run."""
        self.run_worker()
        return [one["state"] for one in self.told()]
