"""Wallets that write to a running service at once, and keep a record of what was acknowledged."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

import httpx

from tests.cases import desk
from tests.logins.factories import login
from tests.service import NO_TLS

EVENTS_A_BATCH = 25
# Many times what a turn takes: whoever is not answered by then is not waiting but forgotten.
ANSWERED_WITHIN_S = 60


@dataclass
class Writer:
    """One wallet; `events` by id, `frozen` accounts: what the service said that it has stored."""

    name: str
    url: str
    token: str
    events: dict[str, dict[str, Any]] = field(default_factory=dict)
    answers: dict[str, dict[str, Any]] = field(default_factory=dict)
    frozen: set[str] = field(default_factory=set)
    statuses: list[int] = field(default_factory=list)

    def client(self) -> httpx.Client:
        headers = {"Authorization": f"Bearer {self.token}"}
        return httpx.Client(base_url=self.url, headers=headers, timeout=ANSWERED_WITHIN_S, verify=NO_TLS)

    def write(self, rounds: Iterable[int], written: Callable[[], None] = lambda: None) -> None:
        """A login, a freeze and a batch of logins a round; `written` hears of each answer."""
        with self.client() as client:
            for nth in rounds:
                for step in (self._login, self._freeze, self._batch):
                    step(client, f"{self.name}-{nth}")
                    written()

    def write_until_it_dies(self, written: Callable[[], None]) -> None:
        """Round after round, until the service is gone."""
        with suppress(httpx.TransportError):
            self.write(iter(range(10**6)), written)

    def _login(self, client: httpx.Client, account_id: str) -> None:
        event = login(account_id)
        answer = client.post("/v1/login-events", json=event)
        self.statuses.append(answer.status_code)
        if answer.is_success:
            self._acknowledged(event, answer.json())

    def _freeze(self, client: httpx.Client, account_id: str) -> None:
        answer = client.post(f"/v1/accounts/{account_id}/freeze", json=desk.THEFT)
        self.statuses.append(answer.status_code)
        if answer.is_success:
            self.frozen.add(account_id)

    def _batch(self, client: httpx.Client, name: str) -> None:
        events = [login(f"{name}-{nth}") for nth in range(EVENTS_A_BATCH)]
        answer = client.post("/v1/login-events/batch", json={"events": events})
        self.statuses.append(answer.status_code)
        if answer.is_success:
            for event, result in zip(events, answer.json()["results"], strict=True):
                self._acknowledged(event, result["assessment"])

    def _acknowledged(self, event: dict[str, Any], answer: dict[str, Any]) -> None:
        self.events[event["event_id"]] = event
        self.answers[event["event_id"]] = answer


def at_once(calls: Iterable[Callable[[], None]]) -> list[Future[None]]:
    """Starts every call in a thread of its own."""
    waiting = list(calls)
    pool = ThreadPoolExecutor(len(waiting))
    started = [pool.submit(call) for call in waiting]
    pool.shutdown(wait=False)
    return started
