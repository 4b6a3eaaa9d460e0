"""One account's second factor as RFC 6238 and the contract have it, without a database."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from tests.cases.model import Case, Expected, Request, Requests
from tests.twofactor.authenticator import Authenticator

ENROLMENT_TTL = timedelta(minutes=10)
BLOCKS_MIN = (1, 2, 4, 8, 16, 32, 60)
BLOCK_EVERY = 5
DISABLED_AFTER = 100


@dataclass(eq=False)
class Enrolment:
    """Started, and not confirmed yet."""

    enrolment_id: str
    authenticator: Authenticator
    expires_at: datetime


@dataclass(eq=False)
class Factor:
    """`last_step` is the step that was accepted last."""

    authenticator: Authenticator
    last_step: int
    recovery_codes: list[str]

    def spend_step(self, code: str, now: datetime) -> bool:
        step = _step(self.authenticator, code, now)
        if step is None or step <= self.last_step:
            return False
        self.last_step = step
        return True

    def spend_recovery_code(self, code: str) -> bool:
        if code not in self.recovery_codes:
            return False
        self.recovery_codes.remove(code)
        return True


def _step(authenticator: Authenticator, code: str, now: datetime) -> int | None:
    """The step of this period or of the one before whose code this is."""
    current = int(now.timestamp()) // authenticator.period
    return next((step for step in (current, current - 1) if authenticator.at(step) == code), None)


@dataclass
class TwoFactor:
    """Failures are counted where there is no factor as well."""

    known: bool = False
    factor: Factor | None = None
    pending: Enrolment | None = None
    failures: int = 0
    locked_until: datetime | None = None
    requests: Requests = field(default_factory=Requests)

    def started(self) -> Expected:
        self.known = True
        return (201, "") if self.factor is None else (409, "factor_active")

    def confirmed(self, now: datetime, enrolment: Enrolment | None, code: str) -> Expected:
        """The caller hands in the recovery codes of the factor that there is then."""
        if enrolment is None or enrolment is not self.pending or enrolment.expires_at <= now:
            return 404, "enrolment_unknown"
        step = _step(enrolment.authenticator, code, now)
        if step is None:
            return 403, "code_rejected"
        self.pending = None
        self.factor = Factor(enrolment.authenticator, step, [])
        self._failures_end()
        return 200, ""

    def presented(self, now: datetime, code: str, *, is_recovery: bool) -> Expected:
        """A code of an app, or a recovery code, which goes past every block."""
        barred = self._barred(now)
        if barred is not None and not is_recovery:
            return barred
        if self.factor is not None and self._spent(self.factor, now, code, is_recovery=is_recovery):
            return 200, ""
        if barred is not None:
            return barred
        self.failures += 1
        blocks, rest = divmod(self.failures, BLOCK_EVERY)
        minutes = BLOCKS_MIN[min(blocks, len(BLOCKS_MIN)) - 1] if blocks and not rest else 0
        self.locked_until = now + timedelta(minutes=minutes) if minutes else None
        return 403, "code_rejected"

    def _spent(self, factor: Factor, now: datetime, code: str, *, is_recovery: bool) -> bool:
        accepted = factor.spend_recovery_code(code) if is_recovery else factor.spend_step(code, now)
        # A disabled app stays disabled, whatever else is known.
        if accepted and self.failures < DISABLED_AFTER:
            self._failures_end()
        return accepted

    def _barred(self, now: datetime) -> Expected | None:
        if self.failures >= DISABLED_AFTER:
            return 403, "factor_disabled"
        if self.locked_until is not None and self.locked_until > now:
            return 429, "factor_locked"
        return None

    def gone(self) -> None:
        """Removed or reset, with all that was counted against it."""
        self.factor = None
        self._failures_end()

    def asked(self, now: datetime, case: Case, person: str) -> Expected:
        """To be reset, because it was lost."""
        if not self.known:
            return 404, "account_unknown"
        if self.factor is None:
            return 409, "no_factor"
        return self.requests.ask(now, case, self.factor, person)[0]

    def decided(self, now: datetime, request: Request, person: str, verdict: str, *, stale: bool) -> Expected:
        if person == "agent":
            return 403, "insufficient_scope"
        expected = self.requests.decide(now, request, person, verdict, stale=stale)
        if expected != (200, "") or verdict == "refuse":
            return expected
        if request.about is not self.factor:
            # Another one was enrolled since; nothing was decided.
            request.status = "pending"
            return 409, "no_factor"
        self.gone()
        return expected

    def status(self, now: datetime) -> dict[str, Any]:
        """What is answered to who asks how the factor stands."""
        if self.factor is None:
            state = "none"
        elif self.failures >= DISABLED_AFTER:
            state = "disabled"
        else:
            state = "locked" if self._barred(now) else "active"
        return {
            "enabled": self.factor is not None,
            "state": state,
            "methods": [] if self.factor is None else ["totp"],
            "recovery_codes_left": 0 if self.factor is None else len(self.factor.recovery_codes),
            "locked_until": self.locked_until if state == "locked" else None,
        }

    def _failures_end(self) -> None:
        self.failures, self.locked_until = 0, None
