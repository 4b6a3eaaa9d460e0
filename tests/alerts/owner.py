"""An owner of whom a stranger's login was just reported."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import httpx

from tests.logins.factories import login, takeover


@dataclass(frozen=True)
class Alerted:
    """`judged` is the answer to the stranger's login, which raised the alert."""

    wallet: httpx.Client
    account_id: str
    event: dict[str, Any]
    judged: dict[str, Any]

    @property
    def alert_id(self) -> str:
        alert_id: str = self.judged["alert_id"]
        return alert_id

    @property
    def device_id(self) -> str:
        device_id: str = self.judged["device"]["reference"]
        return device_id

    def answer(self, said: str) -> httpx.Response:
        return self.wallet.post(f"/v1/alerts/{self.alert_id}/answer", json={"answer": said})

    def alert(self) -> dict[str, Any]:
        shown: dict[str, Any] = self.wallet.get(f"/v1/alerts/{self.alert_id}").raise_for_status().json()
        return shown

    def standing(self) -> dict[str, Any]:
        path = f"/v1/accounts/{self.account_id}/standing"
        shown: dict[str, Any] = self.wallet.get(path).raise_for_status().json()
        return shown

    def log_in_again(self, *, minutes: int) -> dict[str, Any]:
        """The stranger's phone once more, `minutes` after the owner's own login."""
        event = takeover(self.account_id, after=timedelta(minutes=minutes))
        judged: dict[str, Any] = self.wallet.post("/v1/login-events", json=event).raise_for_status().json()
        return judged


def alerted(wallet: httpx.Client, account_id: str, **changes: Any) -> Alerted:
    """The owner's usual login, then a stranger's."""
    wallet.post("/v1/login-events", json=login(account_id)).raise_for_status()
    event = takeover(account_id, **changes)
    judged = wallet.post("/v1/login-events", json=event).raise_for_status().json()
    assert judged["alert_id"] is not None
    return Alerted(wallet, account_id, event, judged)
