"""What is reported of an account, and what people do on its cases."""

from __future__ import annotations

from secmon.freezes.reasons import FreezeReason
from tests.cases.model import Case
from tests.freezes.model import Alert
from tests.freezes.world import World
from tests.logins.factories import login, takeover


class Reporting(World):
    """Each method is a thing that may happen, whatever came before it."""

    def freeze(self, person: str, reason: FreezeReason) -> None:
        body = {"reason": reason.value, "channel": "hotline"}
        made = self.post(person, f"{self.path}/freeze", body, self.model.frozen(self.clock.now, reason.value))
        self.learn_case(made["freeze"])

    def a_stranger_logs_in(self) -> None:
        """Whether the owner is told is the judgement's affair."""
        now = self.clock.now.isoformat()
        stranger = takeover(self.account_id, occurred_at=now, device_id=self.fresh("dev"))
        for event in (login(self.account_id, occurred_at=now), stranger):
            judged = self.post("wallet", "/v1/login-events", event, (201, ""))
            self.model.known = True
            assert judged["standing"] == self.model.gate(self.clock.now, "login")["standing"]
            assert judged["decision"] == "deny" or self.model.freeze is None
        if judged["alert_id"] is not None:
            self.model.alerts.append(Alert(judged["alert_id"], self.clock.now))
            self.alerts.append(self.model.alerts[-1])

    def answer(self, back: int, said: str) -> None:
        if not self.alerts:
            return
        alert = self.alerts[-1 - back % len(self.alerts)]
        expected = self.model.answered(self.clock.now, alert, said)
        self.post("wallet", f"/v1/alerts/{alert.alert_id}/answer", {"answer": said}, expected)
        if self.model.freeze is not None:
            (newest, *_) = self.people["wallet"].get(f"{self.path}/freezes").json()["items"]
            self.learn_case(newest)

    def check(self, back: int, person: str, passed: bool) -> None:
        if self.cases:
            self.checked(self.cases[-1 - back % len(self.cases)], person, passed=passed)

    def checked(self, case: Case, person: str, *, passed: bool) -> None:
        """Somebody looks whether the owner is the owner."""
        body = {"method": "id_document", "outcome": "passed" if passed else "failed", "evidence_ref": "ids/1"}
        expected = self.on_case(case, case.checked(self.clock.now, person, passed=passed))
        self.post(person, f"/v1/cases/{case.case_id}/identity-checks", body, expected)

    def step(self, back: int, wanted: str, stale: bool) -> None:
        """With a note, and a tag that is good or old."""
        if self.cases:
            self.stepped(self.cases[-1 - back % len(self.cases)], wanted, stale=stale)

    def stepped(self, case: Case, wanted: str, *, stale: bool = False) -> None:
        path = f"/v1/cases/{case.case_id}"
        note = {"text": f"It is {wanted} now.", "internal": stale}
        self.post("agent", f"{path}/notes", note, self.on_case(case, case.noted()))
        tag = '"0"' if stale else self.shown_tag(case)
        expected = self.on_case(case, case.stepped(self.clock.now, wanted, stale=stale))
        answer = self.people["agent"].patch(path, json={"status": wanted}, headers={"If-Match": tag})
        self.is_as_expected(answer, expected)

    def shown_tag(self, case: Case) -> str:
        """The tag of the case as it is shown, which must be as the model has it."""
        answer = self.people["agent"].get(f"/v1/cases/{case.case_id}")
        if case not in self.model.cases:
            return '"gone"'
        shown = answer.json()
        waiting = [one["request_id"] for one in shown["pending_requests"]]
        assert (shown["status"], waiting) == (case.status, self.model.requests.waiting(case))
        return answer.headers["ETag"]
