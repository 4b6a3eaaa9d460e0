"""Who asks to give an account back, who decides, what the owner does, and how the account is forgotten."""

from __future__ import annotations

from datetime import timedelta

from tests.cases.model import Case
from tests.freezes.reporting import Reporting


class Unfreezing(Reporting):
    """Each method is a thing that may happen, whatever came before it."""

    def ask_unfreeze(self, person: str, which: str, back: int, calls_back: bool) -> None:
        if not self.cases:
            return
        case = self._chosen(which, back)
        if calls_back and case is not self.foreign_case:
            free = [one for one in ("agent", "supervisor") if one not in case.unsettled()]
            self.checked(case, (free or ["agent"])[0], passed=True)
        expected = self.model.asked(self.clock.now, person, case)
        body = {"case_id": case.case_id, "reason": "Owner verified"}
        asked = self.post(person, f"{self.path}/unfreeze", body, expected)
        if expected != (202, ""):
            return
        request = self.model.requests.pending(self.model.freeze)
        assert request is not None
        if not request.request_id:
            request.request_id = asked["request_id"]
            self.requests.append(request)
        assert (asked["request_id"], asked["status"]) == (request.request_id, "pending")

    def _chosen(self, which: str, back: int) -> Case:
        if which == "foreign":
            return self.foreign_case
        if which == "its own" and self.model.freeze is not None:
            return self.model.freeze.case
        return self.cases[-1 - back % len(self.cases)]

    def decide(self, person: str, approves: bool, foreign: bool, back: int, stale: bool = False) -> None:
        if not self.requests:
            return
        request = None if foreign else self.requests[-1 - back % len(self.requests)]
        request_id = self.foreign_request if request is None else request.request_id
        verdict = "approve" if approves else "refuse"
        tag = '"0"' if stale or request is None else self.shown_tag(request.case)
        expected = self.model.decided(self.clock.now, person, request, verdict, stale=stale)
        path = f"{self.path}/unfreeze/{request_id}/{verdict}"
        decided = self.post(person, path, {"note": "Seen and heard"}, expected, {"If-Match": tag})
        if expected == (200, "") and request is not None:
            assert (decided["request_id"], decided["status"]) == (request_id, request.status)

    def change(self, credential: str, age: timedelta, on_case: bool) -> None:
        at = self.clock.now - age
        body = {"event_id": self.fresh("chg"), "occurred_at": at.isoformat(), "method": "user"}
        case = self.cases[-1] if on_case and self.cases else None
        if case is not None:
            body["case_id"] = case.case_id
        expected = self.model.changed(self.clock.now, credential, at, case)
        self.post("wallet", f"{self.path}/credential-changes", {**body, "credential": credential}, expected)

    def compromise(self) -> None:
        expected = self.model.compromised(self.clock.now)
        self.post("wallet", f"{self.path}/password/compromised", {"source": "list-7"}, expected)

    def enrol_anew(self) -> None:
        """The owner's second factor: the old one goes with a recovery code, the next one comes."""
        wallet = self.people["wallet"]
        if self.model.has_factor:
            body = {"recovery_code": self.owner.recovery_codes.pop()}
            removed = wallet.request("DELETE", f"{self.path}/totp", json=body)
            self.is_as_expected(removed, self.model.factor_removed(self.clock.now))
            if removed.is_error:
                return
        started = wallet.post(f"{self.path}/totp")
        expected = self.model.factor_enrolled(self.clock.now)
        if started.is_error:
            self.is_as_expected(started, expected)
            return
        self.owner.scan(started.json())
        confirmed = self.owner.confirm(started.json()["enrolment_id"], self.owner.code())
        self.is_as_expected(confirmed, expected)
        self.owner.recovery_codes = confirmed.json()["recovery_codes"]

    def close_and_erase(self) -> None:
        """The whole way at once, which no run would find step by step."""
        if self.model.freeze is not None:
            self.ask_unfreeze("agent", "its own", back=0, calls_back=True)
            self.decide("deputy", approves=True, foreign=False, back=0)
        for case in self.model.cases:
            for status in ("investigating", "resolved", "closed"):
                self.stepped(case, status)
        self.erase()

    def erase(self) -> None:
        answer = self.people["wallet"].delete(self.path)
        self.is_as_expected(answer, self.model.erased())
        if answer.is_success:
            self.bury()
