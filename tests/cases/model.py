"""Cases as the contract has them, without a database: steps, identity checks, requests two people decide.

What would be answered is a status and the problem's code, `""` where nothing is refused.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import httpx

Expected = tuple[int, str]

GOOD_FOR = timedelta(hours=24)
STEPS = {
    "open": {"investigating"},
    "investigating": {"waiting_on_owner", "resolved"},
    "waiting_on_owner": {"investigating"},
    "resolved": {"closed", "open", "investigating"},
    "closed": set(),
}
STATUSES = tuple(STEPS)


def seen(answer: httpx.Response) -> Expected:
    """What was answered, in the model's words."""
    return answer.status_code, "" if answer.is_success else answer.json()["code"]


@dataclass(frozen=True)
class Check:
    """Whether the owner was the owner."""

    case: Case
    person: str
    passed: bool
    at: datetime

    def makes_good(self, failed: Check) -> bool:
        """What another person has passed since: of two cases' at one instant neither came since."""
        is_later = self.case is failed.case or self.at > failed.at
        return self.passed and self.person != failed.person and is_later


def failures(checks: list[Check]) -> Iterator[tuple[Check, list[Check]]]:
    """What failed, on whichever of the account's cases, and what makes it good."""
    for nth, one in enumerate(checks):
        if not one.passed:
            yield one, [later for later in checks[nth:] if later.makes_good(one)]


def unsettled(checks: list[Check]) -> set[str]:
    """Whose check failed, and nobody else has passed one since."""
    return {failed.person for failed, made_good in failures(checks) if not made_good}


@dataclass(eq=False)
class Case:
    """`checks` are those of all cases of its account, in the order in which they were made."""

    case_id: str = ""
    status: str = "open"
    holds_freeze: bool = False
    checks: list[Check] = field(default_factory=list)
    resolved_at: datetime | None = None

    def verified(self, now: datetime) -> bool:
        """Its latest is passed, less than a day old and not resolved since; none that failed, on whichever of
        the account's cases, is left to be made good."""
        own = self._own()
        if self.status in {"resolved", "closed"} or not own or self.unsettled():
            return False
        passed, at = own[-1].passed, own[-1].at
        return passed and now < at + GOOD_FOR and (self.resolved_at is None or at > self.resolved_at)

    def unsettled(self) -> set[str]:
        """Who may pass none, on this case or another."""
        return unsettled(self.checks)

    def checkers(self, now: datetime) -> set[str]:
        """Who looked within the day; on another case, who was the first to make good what had failed."""
        rested_on = self._own()
        for _, made_good in failures(self.checks):
            rested_on += [one for one in made_good if one.at == made_good[0].at]
        return {one.person for one in rested_on if now < one.at + GOOD_FOR}

    def _own(self) -> list[Check]:
        return [one for one in self.checks if one.case is self]

    def noted(self) -> Expected:
        return (409, "case_closed") if self.status == "closed" else (201, "")

    def checked(self, now: datetime, person: str, *, passed: bool) -> Expected:
        if self.status == "closed":
            return 409, "case_closed"
        if passed and person in self.unsettled():
            return 403, "second_person_required"
        self.checks.append(Check(self, person, passed, now))
        return 201, ""

    def stepped(self, now: datetime, wanted: str, *, stale: bool) -> Expected:
        if stale:
            return 412, "version_stale"
        if self.status == "closed":
            return 409, "case_closed"
        if wanted == self.status:
            return 200, ""
        if wanted not in STEPS[self.status]:
            return 409, "bad_transition"
        if wanted in {"resolved", "closed"} and self.holds_freeze:
            return 409, "account_frozen"
        self.status = wanted
        if wanted == "resolved":
            self.resolved_at = now
        return 200, ""


@dataclass(eq=False)
class Request:
    """What `asked_by` wants done, on a case; `about` is the freeze or factor that it would end."""

    case: Case
    about: object
    asked_by: str
    request_id: str = ""
    status: str = "pending"


@dataclass
class Requests:
    """All that were made of one account."""

    made: list[Request] = field(default_factory=list)

    def pending(self, about: object) -> Request | None:
        return next((one for one in self.made if one.about is about and one.status == "pending"), None)

    def ask(self, now: datetime, case: Case, about: object, person: str) -> tuple[Expected, Request | None]:
        """The request that stands, this one or the one that was pending already."""
        if not case.verified(now):
            return (409, "identity_unverified"), None
        standing = self.pending(about)
        if standing is None:
            standing = Request(case, about, person)
            self.made.append(standing)
        return (202, ""), standing

    def decide(
        self, now: datetime, request: Request | None, person: str, verdict: str, *, stale: bool = False
    ) -> Expected:
        if request is None or request not in self.made:
            return 404, "request_unknown"
        if request.asked_by == person:
            return 403, "second_person_required"
        if request.status != "pending":
            return 409, "already_decided"
        if verdict == "approve":
            refused = self._unapproved(now, request.case, person, stale=stale)
            if refused is not None:
                return refused
        request.status = "approved" if verdict == "approve" else "refused"
        return 200, ""

    def _unapproved(self, now: datetime, case: Case, person: str, *, stale: bool) -> Expected | None:
        if person in case.checkers(now):
            return 403, "second_person_required"
        if stale:
            return 412, "case_changed"
        return None if case.verified(now) else (409, "identity_unverified")

    def waiting(self, case: Case) -> list[str]:
        """The ids of those that wait on the case for a second person."""
        return [one.request_id for one in self.made if one.case is case and one.status == "pending"]

    def withdraw(self, about: object) -> None:
        standing = self.pending(about)
        if standing is not None:
            standing.status = "refused"
