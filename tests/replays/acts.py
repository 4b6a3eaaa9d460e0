"""What may happen to an account: each act makes its calls, of what the world has seen so far.

Arguments are small numbers and words, so that a walk can be written down, cut short and walked again.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from secmon.alerts import links
from tests.replays.acts_of_owners import Proving
from tests.replays.calls import Call
from tests.replays.contract import EVIDENCE, link_token


class Acts(Proving):
    """Each method is an act."""

    # -- logins --------------------------------------------------------------------------------------

    def log_in(self, phone: str, person: str = "wallet") -> None:
        self._post("post_login_event", person, "/v1/login-events", self._login(phone))

    def log_in_again(self, back: int, person: str = "other_wallet") -> None:
        if login := self._back(list(self.world.account.logins.values()), back):
            self._post("post_login_event", person, "/v1/login-events", login.sent)

    def reuse_event_id(self, back: int, person: str = "wallet") -> None:
        if login := self._back(list(self.world.account.logins.values()), back):
            self._post("post_login_event", person, "/v1/login-events", self._elsewhere(login))

    def batch(self, phone: str, back: int, reused: bool = False) -> None:
        """A new login and one that is known, as it was or from elsewhere."""
        events = [self._login(phone)]
        if login := self._back(list(self.world.account.logins.values()), back):
            events.append(self._elsewhere(login) if reused else login.sent)
        self._post("post_login_events", "wallet", "/v1/login-events/batch", {"events": events})

    def assess(self, phone: str) -> None:
        body = {
            name: value for name, value in self._login(phone).items() if name not in {"event_id", "outcome"}
        }
        self._post("assess_risk", "wallet", "/v1/risk-assessments", body)

    def settle(self, back: int, outcome: str, method: str = "otp") -> None:
        logins = self.world.account.logins
        login = self._back(list(logins.values()), back)
        if login is None:
            return
        event_id = login.sent["event_id"]
        path = f"{self.world.path}/login-events/{event_id}/challenge"
        self._post("settle", "wallet", path, {"outcome": outcome, "method": method}, event_id=event_id)

    # -- alerts --------------------------------------------------------------------------------------

    def answer(self, back: int, said: str, person: str = "wallet", case: bool = False) -> None:
        if alert := self._alert(back):
            path = f"/v1/alerts/{alert.alert_id}/answer"
            body, about = self._carried("answer_alert", {"answer": said}, case)
            self._post("answer_alert", person, path, body, alert_id=alert.alert_id, **about)

    def answer_by_link(self, back: int, said: str) -> None:
        """By the link that was sent when the alert was raised, however long ago that is."""
        alert = self._alert(back)
        if alert is None or alert.email is None:
            return
        keys = self.world.site.service.settings.keys
        token = link_token(alert.alert_id, alert.email, keys, alert.raised_at)
        body = {"answer": said, "form_token": links.form_token(token, keys)}
        about = {"alert_id": alert.alert_id}
        self.deliver(
            Call("answer_question", "owner", "POST", f"/alerts/{token}", body, form=True, about=about)
        )

    # -- freezes -------------------------------------------------------------------------------------

    def freeze(self, reason: str = "theft_reported", person: str = "wallet") -> None:
        body = {"reason": reason, "channel": "hotline", "summary": "Phone taken on the metro"}
        self._post("freeze", person, f"{self.world.path}/freeze", body)

    def ask_unfreeze(self, person: str = "agent") -> None:
        self._ask("ask_unfreeze", person, f"{self.world.path}/unfreeze")

    def ask_reset(self, person: str = "agent") -> None:
        self._ask("ask_reset", person, f"{self.world.path}/two-factor/reset")

    def decide(self, back: int, person: str = "deputy", verdict: str = "approve") -> None:
        requests = self.world.account.requests
        request_id = self._back([one for one in requests if requests[one].case_id], back)
        if request_id is None:
            return
        request = requests[request_id]
        kind = "unfreeze" if type(request.about).__name__ == "Freeze" else "reset"
        path = f"{self.world.path}/{'two-factor/reset' if kind == 'reset' else kind}/{request_id}/{verdict}"
        about = {"request_id": request_id, "case_id": request.case_id}
        tag = self.world.tag_of(request.case_id)
        body = {"note": "Seen and heard"}
        self.deliver(Call(f"{verdict}_{kind}", person, "POST", path, body, if_match=tag, about=about))

    def _ask(self, operation: str, person: str, path: str) -> None:
        if case := self._case(0):
            body = {"case_id": case.case_id, "reason": "Owner verified"}
            self._post(operation, person, path, body, case_id=case.case_id)

    # -- cases ---------------------------------------------------------------------------------------

    def open_case(self, category: str = "login", person: str = "agent") -> None:
        body = {"account_id": self.world.account_id, "category": category, "channel": "hotline"}
        self._post("open_case", person, "/v1/cases", {**body, "subject": "Locked out"})

    def note(self, back: int, person: str = "agent") -> None:
        if case := self._case(back):
            body = {"text": "The caller did not know the birthday.", "internal": True}
            self._post("add_note", person, f"/v1/cases/{case.case_id}/notes", body, case_id=case.case_id)

    def check(
        self,
        back: int,
        person: str = "agent",
        passed: bool = True,
        method: str = "call_back",
        evidence: bool = True,
    ) -> None:
        if case := self._case(back):
            body = {"method": method, "outcome": "passed" if passed else "failed"}
            body |= {"evidence_ref": EVIDENCE} if evidence else {}
            path = f"/v1/cases/{case.case_id}/identity-checks"
            self._post("add_identity_check", person, path, body, case_id=case.case_id)

    def step(self, back: int, status: str, person: str = "agent") -> None:
        if case := self._case(back):
            path, tag = f"/v1/cases/{case.case_id}", self.world.tag_of(case.case_id)
            body = {"status": status}
            self.deliver(Call("change_case", person, "PATCH", path, body, if_match=tag))

    def close_cases(self) -> None:
        for back in range(len(self.world.account.cases)):
            for status in ("investigating", "resolved", "closed"):
                self.step(back, status)

    # -- profile, devices, erasure -------------------------------------------------------------------

    def put(self, person: str = "wallet", case: bool = False, **told: Any) -> None:
        body, about = self._carried("put_account", told, case)
        self.deliver(Call("put_account", person, "PUT", self.world.path, body, about=about))

    def trust(self, back: int, person: str = "wallet", case: bool = False, trusted: bool = True) -> None:
        if device := self._back(list(self.world.account.devices.values()), back):
            body, about = self._carried("change_device", {"trusted": trusted}, case)
            path = f"{self.world.path}/devices/{device.key}"
            about |= {"device_key": device.key}
            self.deliver(Call("change_device", person, "PATCH", path, body, about=about))

    def forget(self, back: int, person: str = "wallet", case: bool = False) -> None:
        if device := self._back(list(self.world.account.devices.values()), back):
            path = f"{self.world.path}/devices/{device.key}"
            body, about = self._carried("forget_device", {}, case)
            if about and self.world.site.offered.in_query("forget_device", "case_id"):
                path, body = f"{path}?case_id={about['case_id']}", {}
            about |= {"device_key": device.key}
            self.deliver(Call("forget_device", person, "DELETE", path, body or None, about=about))

    def erase(self, person: str = "wallet") -> None:
        self.deliver(Call("erase_account", person, "DELETE", self.world.path))

    def ask_erasure(self, person: str = "agent") -> None:
        if "ask_erasure" in self.world.site.offered.operations:
            self._post(
                "ask_erasure", person, f"{self.world.path}/erasure", {"reason": "A letter of the owner"}
            )

    def decide_erasure(self, back: int, person: str = "deputy", verdict: str = "approve") -> None:
        if request_id := self._back(self.world.account.erasures, back):
            path = f"{self.world.path}/erasure/{request_id}/{verdict}"
            self._post(f"{verdict}_erasure", person, path, {"note": "Called back"}, request_id=request_id)

    def wait(self, hours: float) -> None:
        self.world.wait(timedelta(hours=hours))
