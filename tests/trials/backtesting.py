"""A wallet with a history, and somebody who tries policies on it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from secmon.devices.user_agents import UserAgentReader
from secmon.trials.backtesting import Backtester
from tests.logins.factories import login, takeover
from tests.policies.drafts import PATH
from tests.service import Service

BACKTEST = f"{PATH}/backtest"


class Wallet:
    """A service with a history, its admin, and a worker that does a piece when it is told to."""

    def __init__(self, service: Service) -> None:
        self.service = service
        self.admin, self.wallet = service.client("admin"), service.client("wallet")
        self.worker = Backtester(UserAgentReader(("UWallet",)))

    def reports(self, event: dict[str, Any]) -> dict[str, Any]:
        answer = self.wallet.post("/v1/login-events", json=event)
        judged: dict[str, Any] = answer.raise_for_status().json()
        return judged

    def asks(self, document: dict[str, Any], **more: Any) -> dict[str, Any]:
        answer = self.admin.post(BACKTEST, json={"document": document, **more})
        assert answer.status_code == 202, answer.text
        queued: dict[str, Any] = answer.json()
        assert answer.headers["Location"] == f"{BACKTEST}/{queued['backtest_id']}"
        return queued

    def finds(self, queued: dict[str, Any]) -> dict[str, Any]:
        answer = self.admin.get(f"{BACKTEST}/{queued['backtest_id']}")
        found: dict[str, Any] = answer.raise_for_status().json()
        return found

    def tries(self, document: dict[str, Any], **more: Any) -> dict[str, Any]:
        """A backtest from the question to the answer."""
        queued = self.asks(document, **more)
        while self.worker.run(self.service.database):
            pass
        found = self.finds(queued)
        assert found["state"] == "done"
        result: dict[str, Any] = found["result"]
        return result

    def close(self) -> None:
        self.admin.close()
        self.wallet.close()
        self.service.stop()


def history(wallet: Wallet, accounts: int = 3) -> list[dict[str, Any]]:
    """Owners who log in three times, and a stranger at the first account."""
    judged = [
        wallet.reports(login(f"owner-{number}", after=timedelta(minutes=hour)))
        for number in range(accounts)
        for hour in range(3)
    ]
    return [*judged, wallet.reports(takeover("owner-0"))]
