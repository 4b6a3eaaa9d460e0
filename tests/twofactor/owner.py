"""An owner with a phone: enrols through the service, keeps the authenticator and the recovery codes."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import httpx

from tests.service import FakeClock
from tests.twofactor.authenticator import Authenticator


@dataclass(slots=True)
class Owner:
    """Speaks to the service as the wallet does; `clock` is what the phone's clock shows."""

    wallet: httpx.Client
    clock: FakeClock
    account_id: str
    authenticator: Authenticator | None = None
    recovery_codes: list[str] = field(default_factory=list)

    @property
    def path(self) -> str:
        return f"/v1/accounts/{self.account_id}"

    def start(self, **options: Any) -> dict[str, Any]:
        """Starts an enrolment, and scans its key URI; `options` are those of the HTTP client."""
        answer = self.wallet.post(f"{self.path}/totp", **options).raise_for_status()
        started: dict[str, Any] = answer.json()
        return self.scan(started)

    def scan(self, started: dict[str, Any]) -> dict[str, Any]:
        """The phone now shows the codes of this enrolment."""
        self.authenticator = Authenticator.scan(started["otpauth_uri"])
        return started

    def enrol(self) -> Owner:
        """Has a factor; the step that confirmed it is spent, so the clock moves on to the next one."""
        started = self.start()
        answer = self.confirm(started["enrolment_id"], self.code())
        self.recovery_codes = answer.raise_for_status().json()["recovery_codes"]
        self.next_step()
        return self

    def confirm(self, enrolment_id: str, code: str) -> httpx.Response:
        return self.wallet.post(
            f"{self.path}/totp/confirm", json={"enrolment_id": enrolment_id, "code": code}
        )

    def code(self, steps: int = 0) -> str:
        """What the phone shows; `steps` periods from now."""
        assert self.authenticator is not None
        return self.authenticator.shows(self.clock.now, steps)

    def wrong_code(self) -> str:
        if self.authenticator is None:
            return "000000"
        return self.authenticator.never_shows(self.clock.now)

    def next_step(self, steps: int = 1) -> None:
        assert self.authenticator is not None
        self.clock.advance(timedelta(seconds=steps * self.authenticator.period))

    def verify(self, code: str | None = None, **body: Any) -> httpx.Response:
        """Presents a code (default: the one shown now), or whatever else is in `body`."""
        if not body.keys() & {"code", "recovery_code"}:
            body["code"] = self.code() if code is None else code
        return self.wallet.post(f"{self.path}/two-factor/verify", json=body)

    def fail(self, times: int) -> list[int]:
        """Presents a wrong code that often; answers the statuses."""
        return [self.verify(self.wrong_code()).status_code for _ in range(times)]

    def status(self) -> dict[str, Any]:
        found: dict[str, Any] = self.wallet.get(f"{self.path}/two-factor").raise_for_status().json()
        return found
