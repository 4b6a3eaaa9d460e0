"""One account by its rules alone: what freezes it, what holds it, what is owed, who showed who they are.

The model does not foretell answers. It hears them, and knows what must not be said afterwards.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from tests.replays.contract import (
    CAREFUL_FOR,
    CONTACT_IDENTIFIES_AFTER,
    SUSPECTED_BEFORE,
    THEFTS,
    TOMBSTONE,
    Rule,
)
from tests.replays.model_of_cases import Case, Check, Request
from tests.replays.secrets_shown import Secrets

LONG_AGO = datetime.fromisoformat("2000-01-01T00:00:00+00:00")


@dataclass(eq=False)
class Freeze:
    freeze_id: str
    frozen_at: datetime
    reasons: set[str] = field(default_factory=set)
    lifted_at: datetime | None = None
    suspected_since: datetime = LONG_AGO

    @property
    def theft(self) -> bool:
        return bool(self.reasons & THEFTS)


@dataclass(eq=False)
class Hold:
    """No money moves before `until`, by that rule."""

    until: datetime
    rule: Rule
    why: str


@dataclass(eq=False)
class Required:
    """`old_since`: only a device that was known before then may fulfil it. `until`: the tombstone's end."""

    since: datetime
    rule: Rule = Rule.REQUIRED
    old_since: datetime | None = None
    until: datetime | None = None


@dataclass(eq=False)
class Login:
    """`proven`: by a second factor, since it was reported."""

    sent: dict[str, Any]
    decision: str
    reported_at: datetime
    settled: str | None = None
    proven: bool = False


@dataclass(eq=False)
class Alert:
    """`email` is where its letter went."""

    alert_id: str
    event_id: str
    raised_at: datetime
    email: str | None = None
    answer: str | None = None
    closed: bool = False


@dataclass(eq=False)
class Device:
    """By its install. `taught_at`: when something last made it the owner's."""

    first_seen: datetime
    key: str
    taught_at: datetime | None = None
    trusted: bool = False


@dataclass
class Account:
    """What is known of it now; `moved_at` is when anything last happened that might hold its money."""

    moved_at: datetime = LONG_AGO
    freeze: Freeze | None = None
    freezes: dict[str, Freeze] = field(default_factory=dict)
    holds: list[Hold] = field(default_factory=list)
    required: dict[str, Required] = field(default_factory=dict)
    logins: dict[str, Login] = field(default_factory=dict)
    changes: dict[str, dict[str, Any]] = field(default_factory=dict)
    alerts: dict[str, Alert] = field(default_factory=dict)
    devices: dict[str, Device] = field(default_factory=dict)
    cases: dict[str, Case] = field(default_factory=dict)
    checks: list[Check] = field(default_factory=list)
    requests: dict[str, Request] = field(default_factory=dict)
    secrets: Secrets = field(default_factory=Secrets)
    contacts: dict[str, str | None] = field(default_factory=dict)
    bound_at: dict[str, datetime] = field(default_factory=dict)
    proven_at: datetime = LONG_AGO
    erased_at: datetime | None = None

    @property
    def erasures(self) -> list[str]:
        """The requests to erase it."""
        return [request_id for request_id, one in self.requests.items() if not one.case_id]

    @property
    def frozen(self) -> bool:
        return self.freeze is not None

    def has_case(self, case_id: str) -> None:
        """One that is heard of, for the first time or again."""
        self.cases.setdefault(case_id, Case(case_id, self.checks))

    def is_frozen_by(self, freeze: Freeze) -> None:
        """Of one that is over already, the gate will be asked."""
        self.freezes[freeze.freeze_id] = self.freeze = freeze
        for request in self.requests.values():
            if isinstance(request.about, Freeze):
                request.open = False

    def is_given_back(self, now: datetime) -> None:
        """The freeze is over: a careful day, a new password, and what a thief had is dead."""
        freeze = self.freeze
        assert freeze is not None
        freeze.lifted_at, self.freeze = now, None
        self.holds.append(Hold(now + CAREFUL_FOR, Rule.UNFROZEN, "unfrozen"))
        self.require("change_password", now, freeze.suspected_since if freeze.theft else None)
        if not freeze.theft:
            return
        live = self.secrets.live
        if live is not None and live.started_at < min(
            freeze.suspected_since, freeze.frozen_at - SUSPECTED_BEFORE
        ):
            self.require("re_enrol_second_factor", now)
        self.secrets.die(Rule.THEFT)
        for alert in self.alerts.values():
            alert.closed = alert.closed or alert.answer is None
        for device in self.devices.values():
            device.trusted = False

    def require(self, action: str, now: datetime, old_since: datetime | None = None) -> None:
        self.required[action] = Required(now, old_since=old_since)

    def suspected_since(self, freeze: Freeze) -> datetime:
        """The latest that could be meant: what came after it is under suspicion whoever reads the rule."""
        doubted = [alert.raised_at for alert in self.alerts.values() if alert.answer != "was_me"]
        return max([freeze.frozen_at - SUSPECTED_BEFORE, *sorted(doubted)[:1]])

    def last_theft(self) -> Freeze | None:
        """The latest freeze for a theft that is over."""
        over = [one for one in self.freezes.values() if one.theft and one.lifted_at is not None]
        return max(over, key=lambda one: one.lifted_at or LONG_AGO, default=None)

    def link_may_teach(self, login: Login, now: datetime) -> bool:
        """What a link to a mailbox is worth: nothing, where there is a factor and it has not spoken."""
        if login.proven:
            return True
        since = self.bound_at.get("email", LONG_AGO)
        old = self.contacts.get("email") is not None and since <= now - CONTACT_IDENTIFIES_AFTER
        return self.secrets.live is None and old and login.decision != "deny" and login.settled != "failed"

    def holding(self, now: datetime) -> list[tuple[Rule, str]]:
        """By which rules no money moves now, and why."""
        found = [(Rule.FROZEN, "frozen")] if self.frozen else []
        found += [(hold.rule, hold.why) for hold in self.holds if hold.until > now]
        return found + [(one.rule, action) for action, one in self.owed(now).items()]

    def owed(self, now: datetime) -> dict[str, Required]:
        """What the owner still has to do."""
        return {action: one for action, one in self.required.items() if one.until is None or now < one.until}

    def erased(self, now: datetime) -> Account:
        """Nothing is known any more but what holds, for as long as the tombstone stands."""
        self.secrets.die(Rule.SHOWN_ONCE)
        ends = now + TOMBSTONE
        holds = [Hold(min(one.until, ends), Rule.ERASED, one.why) for one in self.holds]
        required = {
            action: Required(one.since, Rule.ERASED, until=ends) for action, one in self.required.items()
        }
        return Account(moved_at=now, holds=holds, required=required, secrets=self.secrets, erased_at=now)
