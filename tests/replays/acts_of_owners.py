"""What owners do with their second factor and their passwords, and others who have got hold of those."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from tests.replays.acting import OWNERS_PHONE, Acting
from tests.replays.calls import Call
from tests.twofactor.authenticator import Authenticator

PERIOD = timedelta(seconds=31)


class Proving(Acting):
    """Each method is an act."""

    def start(self, person: str = "wallet") -> None:
        self.deliver(Call("start_enrolment", person, "POST", f"{self.world.path}/totp"))

    def confirm(self, back: int) -> None:
        if seed := self._back(self.world.account.secrets.seeds, back):
            body = {"enrolment_id": seed.enrolment_id, "code": self._shown(seed.app)}
            self._post("confirm_enrolment", "wallet", f"{self.world.path}/totp/confirm", body, seed=seed)

    def verify(self, kind: str, back: int, of_login: bool = False) -> None:
        body, about = self._proof(kind, back)
        if of_login and (login := self._back(list(self.world.account.logins.values()), 0)):
            body["event_id"] = login.sent["event_id"]
        self._post("verify_second_factor", "wallet", f"{self.world.path}/two-factor/verify", body, **about)

    def renew(self, back: int) -> None:
        body, about = self._proof("code", back)
        self._post("renew_recovery_codes", "wallet", f"{self.world.path}/recovery-codes", body, **about)

    def remove(self, kind: str, back: int) -> None:
        body, about = self._proof(kind, back)
        self.deliver(Call("remove_factor", "wallet", "DELETE", f"{self.world.path}/totp", body, about=about))

    def _proof(self, kind: str, back: int) -> tuple[dict[str, str], dict[str, Any]]:
        """The code that an app shows now, live or dead, or a recovery code of any set that there was."""
        secrets = self.world.account.secrets
        if kind == "recovery" and secrets.sets:
            codes = secrets.sets[-1 - back % len(secrets.sets)]
            unused = [code for code in codes.codes if code not in codes.used] or codes.codes
            return {"recovery_code": unused[0]}, {"codes": codes}
        seed = self._back([seed for seed in secrets.seeds if seed.confirmed], back)
        if seed is None:
            return {"code": "000000"}, {}
        return {"code": self._shown(seed.app)}, {"seed": seed}

    def _shown(self, app: Authenticator) -> str:
        self.world.clock.advance(PERIOD)
        return app.shows(self.world.clock.now)

    def change(self, credential: str, phone: str | None = OWNERS_PHONE, ahead: int = 0) -> None:
        """The owner's own change, or somebody's; `ahead` in seconds, below 0 in the past."""
        at = self.world.clock.now + timedelta(seconds=ahead)
        body = {"event_id": self.world.fresh("chg"), "occurred_at": at.isoformat(), "credential": credential}
        body |= {"method": "user"} | ({} if phone is None else {"device_id": phone})
        self._post("post_change", "wallet", f"{self.world.path}/credential-changes", body)

    def change_again(self, back: int, credential: str | None = None) -> None:
        """A change under an id that is known: the same one, or of another credential."""
        if sent := self._back(list(self.world.account.changes.values()), back):
            body = sent if credential is None else {**sent, "credential": credential}
            self._post("post_change", "other_wallet", f"{self.world.path}/credential-changes", body)

    def compromise(self) -> None:
        path = f"{self.world.path}/password/compromised"
        self._post("report_compromise", "wallet", path, {"source": "list-7"})

    def dismiss(self) -> None:
        path = f"{self.world.path}/password/reminder/dismiss"
        self.deliver(Call("dismiss_reminder", "wallet", "POST", path))

    def check_password(self) -> None:
        body = {"password": "woaini1314", "user_inputs": ["1990-01-01"]}
        self._post("check_password", "wallet", "/v1/password-checks", body)
