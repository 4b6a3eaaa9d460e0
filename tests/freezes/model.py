"""One account as the contract has it, without a database: what freezes it, and what gives it back."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from tests.cases.model import Case, Expected, Request, Requests

MOVES_MONEY = ("transfer", "withdraw")
CAREFUL_FOR = timedelta(hours=24)
UNKNOWN: Expected = (404, "account_unknown")


@dataclass(eq=False)
class Freeze:
    """`reasons` are those of all reports, each once."""

    reasons: list[str]
    case: Case


@dataclass(eq=False)
class Alert:
    alert_id: str
    answer: str | None = None


@dataclass
class Account:
    """`required` actions since when; `held` are (action, reason) until when."""

    known: bool = False
    freeze: Freeze | None = None
    cases: list[Case] = field(default_factory=list)
    requests: Requests = field(default_factory=Requests)
    alerts: list[Alert] = field(default_factory=list)
    required: dict[str, datetime] = field(default_factory=dict)
    held: dict[tuple[str, str], datetime] = field(default_factory=dict)
    compromised_at: datetime | None = None
    has_factor: bool = False

    def frozen(self, reason: str) -> Expected:
        """A first report freezes; one more joins the case, and voids what was asked without knowing of it."""
        self.known = True
        if self.freeze is not None:
            self.requests.withdraw(self.freeze)
            if reason not in self.freeze.reasons:
                self.freeze.reasons.append(reason)
            return 200, ""
        self.freeze = Freeze([reason], Case(holds_freeze=True))
        self.cases.append(self.freeze.case)
        return 201, ""

    def answered(self, alert: Alert, said: str) -> Expected:
        if alert not in self.alerts:
            return 404, "alert_unknown"
        if alert.answer is not None:
            return (200, "") if alert.answer == said else (409, "alert_answered")
        if said == "was_me" and self.freeze is not None:
            return 409, "account_frozen"
        alert.answer = said
        if said == "not_me":
            self.frozen("unfamiliar_device")
        return 200, ""

    def asked(self, now: datetime, person: str, case: Case) -> Expected:
        """To be unfrozen, on that case."""
        if person == "wallet":
            return 403, "staff_required"
        if not self.known:
            return UNKNOWN
        if self.freeze is None:
            return 409, "not_frozen"
        if case not in self.cases:
            return 422, "invalid_fields"
        if case.status == "closed":
            return 409, "case_closed"
        if case is not self.freeze.case:
            return 422, "invalid_fields"
        return self.requests.ask(now, case, self.freeze, person)[0]

    def decided(self, now: datetime, person: str, request: Request | None, verdict: str) -> Expected:
        if person == "agent":
            return 403, "insufficient_scope"
        if not self.known:
            return UNKNOWN
        expected = self.requests.decide(now, request, person, verdict)
        if expected == (200, "") and verdict == "approve":
            assert request is not None
            assert request.about is self.freeze, "a request outlived its freeze"
            self._unfrozen(now)
        return expected

    def _unfrozen(self, now: datetime) -> None:
        assert self.freeze is not None
        self.freeze.case.holds_freeze = False
        self.required["change_password"] = now
        if "theft_reported" in self.freeze.reasons:
            self.required["re_enrol_second_factor"] = now
        self.freeze = None
        self._hold(now + CAREFUL_FOR, "unfrozen")

    def compromised(self, now: datetime) -> Expected:
        self.known = True
        if self.compromised_at is None:
            self.compromised_at = now
            self.required["change_password"] = now
        return 200, ""

    def changed(self, now: datetime, credential: str, at: datetime) -> Expected:
        """The owner's own change, however late the wallet tells of it."""
        self.known = True
        if credential != "password":
            if at + CAREFUL_FOR > now:
                self._hold(at + CAREFUL_FOR, f"{credential}_changed")
            return 201, ""
        if at >= self.required.get("change_password", at):
            self.required.pop("change_password", None)
        if self.compromised_at is not None and at >= self.compromised_at:
            self.compromised_at = None
        return 201, ""

    def factor_moved(self, *, has_factor: bool) -> Expected:
        """Enrolled anew, or removed with a recovery code."""
        if self.freeze is not None:
            return 409, "account_frozen"
        self.known, self.has_factor = True, has_factor
        if has_factor:
            self.required.pop("re_enrol_second_factor", None)
        return (200, "") if has_factor else (204, "")

    def erased(self) -> Expected:
        if not self.known:
            return UNKNOWN
        held = any(case.status != "closed" for case in self.cases)
        return (409, "legal_hold") if held else (204, "")

    def gate(self, now: datetime, action: str) -> dict[str, Any]:
        """What the wallet is answered, but for the version."""
        held = {(held, reason, until) for (held, reason), until in self.held.items() if until > now}
        restricted = any(action == one for one, *_ in held)
        allowed = self.freeze is None and not restricted and not (self.required and action in MOVES_MONEY)
        return {
            "standing": "active" if self.freeze is None else "frozen",
            "restrictions": held,
            "required_actions": set(self.required),
            "allowed": allowed,
        }

    def _hold(self, until: datetime, reason: str) -> None:
        for action in MOVES_MONEY:
            former = self.held.get((action, reason), until)
            self.held[action, reason] = max(until, former)
