"""An owner with habits, a phone and an authenticator, and a wallet that asks before money moves."""

from __future__ import annotations

import itertools
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import httpx

from tests.logins.factories import LAGOS, login
from tests.service import Service
from tests.twofactor.owner import Owner

PAYEE = "b3b1f5d8c0a94f6e"
STRANGE_PHONE = "UWallet/5.2.0 (Android 13; samsung SM-A135F; zh_CN)"
_serial = itertools.count(1)


@dataclass
class Scene:
    service: Service
    wallet: httpx.Client
    account_id: str
    owner: Owner = field(init=False)

    def __post_init__(self) -> None:
        self.owner = Owner(self.wallet, self.service.clock, self.account_id)

    @property
    def path(self) -> str:
        return f"/v1/accounts/{self.account_id}"

    @property
    def now(self) -> datetime:
        return self.service.clock.now

    def later(self, **much: float) -> None:
        self.service.clock.advance(timedelta(**much))

    def log_in(self, **changes: Any) -> dict[str, Any]:
        """A login as it happens; the answer, with the `session_id` that it began."""
        session_id = changes.pop("session_id", f"ses-{next(_serial)}")
        body = login(self.account_id, session_id=session_id, **changes)
        body["occurred_at"] = self.now.isoformat()
        answer = self.wallet.post("/v1/login-events", json=body).raise_for_status().json()
        return {**answer, "session_id": session_id}

    def settle_in(self, days: int = 10) -> Scene:
        """An owner who was here every day."""
        for _ in range(days):
            self.log_in()
            self.later(days=1)
        return self

    def with_factor(self) -> Scene:
        """Enrolled, and old enough to hold nothing any more."""
        self.owner.enrol()
        self.later(days=4)
        self.log_in()
        return self

    def new_phone(self, **changes: Any) -> dict[str, Any]:
        """A login with a code on a phone that was never seen, in the owner's own city."""
        told = {"device_id": f"new-{self.account_id}", "user_agent": STRANGE_PHONE, "amr": ["pwd", "otp"]}
        return self.log_in(**{**told, **changes})

    def report(self, credential: str, **changes: Any) -> httpx.Response:
        body = {
            "event_id": f"chg-{next(_serial)}",
            "occurred_at": self.now.isoformat(),
            "credential": credential,
            "method": "user",
            **changes,
        }
        return self.wallet.post(f"{self.path}/credential-changes", json=body)

    def ask(self, action: str = "transfer", **changes: Any) -> httpx.Response:
        body = {"request_id": f"req-{next(_serial)}", "action": action, **changes}
        return self.wallet.post(f"{self.path}/gate", json=body)

    def decision(self, action: str = "transfer", **changes: Any) -> str:
        answer = self.ask(action, **changes)
        assert answer.status_code == 200, answer.text
        said: str = answer.json()["decision"]
        return said

    def pay(self, amount: str, balance: str | None = "1000", **changes: Any) -> str:
        """The gate's decision on a transfer."""
        told = {} if balance is None else {"balance": balance}
        return self.decision(amount=amount, currency="CNY", **told, **changes)

    def holds(self, **query: str) -> list[dict[str, Any]]:
        answer = self.wallet.get(f"{self.path}/holds", params={"limit": "100", **query})
        found: list[dict[str, Any]] = answer.raise_for_status().json()["items"]
        return found

    def triggers(self) -> set[str]:
        return {hold["trigger"] for hold in self.holds()}

    def allowed(self, action: str = "transfer", **query: str) -> bool:
        """What a wallet that asks for the standing alone is answered."""
        answer = self.wallet.get(f"{self.path}/standing", params={"action": action, **query})
        said: bool = answer.raise_for_status().json()["allowed"]
        return said


FAR = {"ip": "198.51.100.9", "geo": LAGOS}
