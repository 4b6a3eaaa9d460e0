"""One account as the contract has it, without a database: what freezes it, and what gives it back."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from tests.cases.model import GOOD_FOR, Case, Check, Expected, Request, Requests, unsettled

MOVES_MONEY = ("transfer", "withdraw", "export_key")
KEYS = ("add_payee", "raise_limit", "change_credentials")
CAREFUL_FOR = timedelta(hours=24)
FACTOR_IS_NEW_FOR = timedelta(hours=12)
SUSPECTED_FOR = timedelta(days=14)
THEFTS = {"theft_reported", "device_lost"}
UNKNOWN: Expected = (404, "account_unknown")


@dataclass(eq=False)
class Freeze:
    """`reasons` are those of all reports, each once."""

    reasons: list[str]
    case: Case
    frozen_at: datetime


@dataclass(eq=False)
class Alert:
    alert_id: str
    occurred_at: datetime
    answer: str | None = None
    closed: bool = False


@dataclass
class Account:
    """`checks` are those of all cases; `required` actions since when; `held` are (action, reason) until when.

    `recovering_since` is when the account was given back after a theft, until the owner has changed the
    password; `guarded` says whether that theft leaves it to the owner alone to enrol a factor.
    """

    known: bool = False
    freeze: Freeze | None = None
    cases: list[Case] = field(default_factory=list)
    checks: list[Check] = field(default_factory=list)
    requests: Requests = field(default_factory=Requests)
    alerts: list[Alert] = field(default_factory=list)
    required: dict[str, datetime] = field(default_factory=dict)
    held: dict[tuple[str, str], datetime] = field(default_factory=dict)
    compromised_at: datetime | None = None
    has_factor: bool = False
    factor_removed_at: datetime | None = None
    recovering_since: datetime | None = None
    guarded: bool = False

    def frozen(self, now: datetime, reason: str) -> Expected:
        """A first report freezes; one more joins the case, and voids what was asked without knowing of it."""
        self.known = True
        if self.freeze is not None:
            self.requests.withdraw(self.freeze)
            if reason not in self.freeze.reasons:
                self.freeze.reasons.append(reason)
            return 200, ""
        self.freeze = Freeze([reason], Case(holds_freeze=True, checks=self.checks), now)
        self.cases.append(self.freeze.case)
        return 201, ""

    def answered(self, now: datetime, alert: Alert, said: str) -> Expected:
        if alert not in self.alerts:
            return 404, "alert_unknown"
        if alert.answer is not None:
            return (200, "") if alert.answer == said else (409, "alert_answered")
        if alert.closed:
            return 409, "alert_closed"
        if said == "was_me" and self.freeze is not None:
            return 409, "account_frozen"
        alert.answer = said
        if said == "not_me":
            self.frozen(now, "unfamiliar_device")
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

    def decided(
        self, now: datetime, person: str, request: Request | None, verdict: str, *, stale: bool
    ) -> Expected:
        if person == "agent":
            return 403, "insufficient_scope"
        if not self.known:
            return UNKNOWN
        expected = self.requests.decide(now, request, person, verdict, stale=stale)
        if expected == (200, "") and verdict == "approve":
            assert request is not None
            assert request.about is self.freeze, "a request outlived its freeze"
            self._unfrozen(now)
        return expected

    def _unfrozen(self, now: datetime) -> None:
        assert self.freeze is not None
        self.freeze.case.holds_freeze = False
        self.required["change_password"] = now
        if THEFTS & set(self.freeze.reasons):
            self._end_theft(now, self._suspected_since(self.freeze))
        self.freeze = None
        self._hold(now + CAREFUL_FOR, "unfrozen", MOVES_MONEY)

    def _suspected_since(self, freeze: Freeze) -> datetime:
        two_weeks = freeze.frozen_at - SUSPECTED_FOR
        open_or_denied = (one for one in self.alerts if one.answer != "was_me" and not one.closed)
        return min([two_weeks, *(one.occurred_at for one in open_or_denied)])

    def _end_theft(self, now: datetime, since: datetime) -> None:
        removed = self.factor_removed_at is not None and self.factor_removed_at >= since
        if self.has_factor or removed:
            self.required["re_enrol_second_factor"] = now
        if self.has_factor:
            self.factor_removed_at = now
        self.has_factor, self.recovering_since, self.guarded = False, now, True
        for alert in self.alerts:
            alert.closed = alert.closed or alert.answer is None

    def compromised(self, now: datetime) -> Expected:
        self.known = True
        if self.compromised_at is None:
            self.compromised_at = now
            self.required["change_password"] = now
        return 200, ""

    def changed(self, now: datetime, credential: str, at: datetime, case: Case | None) -> Expected:
        """A change that the wallet tells of, on a case or from nowhere, however late."""
        if case is not None and (case not in self.cases or case.status == "closed" or not case.verified(now)):
            return 409, "identity_unverified"
        self.known = True
        if credential != "password":
            self._hold(now + CAREFUL_FOR, f"{credential}_changed")
            return 201, ""
        if self.freeze is not None or not self._is_owners(at, case):
            return 201, ""
        if at >= self.required.get("change_password", at):
            self.required.pop("change_password", None)
        if self.compromised_at is not None and at >= self.compromised_at:
            self.compromised_at = None
        return 201, ""

    def _is_owners(self, at: datetime, case: Case | None) -> bool:
        if self.recovering_since is None:
            return True
        if case is None or at < self.recovering_since:
            return False
        self.recovering_since = None
        return True

    def factor_removed(self, now: datetime) -> Expected:
        """With a recovery code."""
        if self.freeze is not None:
            return 409, "account_frozen"
        self.has_factor, self.factor_removed_at = False, now
        self._hold(now + FACTOR_IS_NEW_FOR, "factor_changed")
        return 204, ""

    def factor_enrolled(self, now: datetime) -> Expected:
        """Started and confirmed at once."""
        if self.freeze is not None:
            return 409, "account_frozen"
        if self.guarded and not self._is_identified(now):
            return 403, "enrolment_closed"
        self.known, self.has_factor, self.guarded = True, True, False
        self.required.pop("re_enrol_second_factor", None)
        self._hold(now + FACTOR_IS_NEW_FOR, "factor_changed")
        return 200, ""

    def _is_identified(self, now: datetime) -> bool:
        """By the latest check, on whichever case it was made; none that failed is left to be made good."""
        if not self.checks or unsettled(self.checks):
            return False
        return self.checks[-1].passed and now < self.checks[-1].at + GOOD_FOR

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

    def _hold(self, until: datetime, reason: str, actions: tuple[str, ...] = (*MOVES_MONEY, *KEYS)) -> None:
        for action in actions:
            former = self.held.get((action, reason), until)
            self.held[action, reason] = max(until, former)
