"""A wallet's backend and one account in it: what it tells the service, asks of it, and then does.

Its guards are the service's alone. It takes a code of the authenticator or one by SMS, whichever is given;
it has a list of payees, and moves money to those on it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import ROUND_DOWN, Decimal
from enum import StrEnum
from hashlib import sha256
from typing import Any

import httpx
import pyotp

from lab.thefts.stage import Stage

CENT = Decimal("0.01")
BALANCE = Decimal(20_000)


class Asking(StrEnum):
    """How the wallet asks before money moves.

    `GATE` tells the gate all that it knows, and reports payees and keys. `NO_LIST` does too, and has no list
    of payees: it pays anybody. `STANDING` asks for the account's standing alone, as wallets did before there
    was a gate; `STANDING_AMOUNT` with amount and balance.
    """

    GATE = "gate"
    NO_LIST = "no-list"
    STANDING = "standing"
    STANDING_AMOUNT = "standing-amount"

    @property
    def is_gate(self) -> bool:
        return self in {Asking.GATE, Asking.NO_LIST}


@dataclass(slots=True)
class Actor:
    """Somebody with the app: on which phone, from where, in which session, and what they can prove with.

    `code` answers one of the owner's authenticator, or None. `checks` are checks of the wallet's own that
    they pass (RFC 8176); `has_key`: the app on that phone holds the key that the wallet has bound to it, and
    `app` is what it tells.
    """

    install: str
    agent: str
    ip: str
    session: str | None = None
    code: Callable[[], str | None] = lambda: None
    checks: tuple[str, ...] = ()
    has_key: bool = False
    app: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Answer:
    """`decision` as the gate has it; `until` where it says so; `asked` whether a proof was given."""

    decision: str
    until: datetime | None = None
    reasons: tuple[str, ...] = ()
    asked: bool = False

    @property
    def allowed(self) -> bool:
        return self.decision == "allow"


ALLOWED = Answer("allow")


class Account:
    """One account. `moved` is what went, when; `payees` those on its list."""

    def __init__(self, stage: Stage, account_id: str, asking: Asking, currency: str) -> None:
        self.stage, self.account_id, self.asking, self.currency = stage, account_id, asking, currency
        self.balance = BALANCE
        self.moved: list[tuple[datetime, Decimal]] = []
        self.payees: set[str] = set()
        self.authenticator: pyotp.TOTP | None = None
        self._serial = 0
        self._last_step = 0

    @property
    def now(self) -> datetime:
        return self.stage.clock.now

    def call(self, method: str, path: str, body: Any = None, *, role: str = "wallet") -> httpx.Response:
        """A request about this account: `path` goes on behind its own."""
        return self.stage.call(role, method, f"/v1/accounts/{self.account_id}{path}", body)

    def next_id(self, kind: str) -> str:
        self._serial += 1
        return f"{kind}-{self._serial}"

    def login_body(self, actor: Actor, amr: tuple[str, ...], at: datetime) -> dict[str, Any]:
        """A login as the wallet reports it."""
        return {
            "event_id": self.next_id("evt"),
            "account_id": self.account_id,
            "occurred_at": at.isoformat(),
            "outcome": "success",
            "ip": actor.ip,
            "user_agent": actor.agent,
            "device_id": actor.install,
            "session_id": self.next_id("ses"),
            "channel": "app",
            "amr": list(amr),
        }

    def login(self, actor: Actor, *amr: str) -> bool:
        """Whether they are in: by what they came with, or by passing the challenge."""
        body = self.login_body(actor, amr, self.now)
        answer = self.stage.call("wallet", "POST", "/v1/login-events", body).raise_for_status().json()
        if answer["decision"] == "deny":
            return False
        if answer["decision"] == "challenge" and not self._passes(actor, body["event_id"]):
            return False
        actor.session = body["session_id"]
        self._bind(actor)
        return True

    def _bind(self, actor: Actor) -> None:
        """Every app gets a key of its phone with its first login, from then on a check like any other."""
        if not actor.has_key:
            actor.has_key, actor.checks = True, ("hwk", *actor.checks)
            if self.asking.is_gate:
                self.changed(actor, "device_binding")

    def _passes(self, actor: Actor, event_id: str) -> bool:
        code = None if self.authenticator is None else actor.code()
        if code is not None:
            return self._verified(code, event_id)
        passed = [method for method in actor.checks if method in {"sms", "otp"}]
        for method in passed:
            told = self.call(
                "POST", f"/login-events/{event_id}/challenge", {"outcome": "passed", "method": method}
            )
            # What the service takes for no proof the wallet takes for none.
            if told.status_code == 200 and told.json()["challenge"]["proven"]:
                return True
        return False

    def _verified(self, code: str, event_id: str) -> bool:
        answer = self.call("POST", "/two-factor/verify", {"code": code, "event_id": event_id})
        return answer.status_code == 200 and bool(answer.json().get("login_proven"))

    def new_code(self) -> str | None:
        """What the authenticator shows; where that was used already, after waiting for the next one."""
        if self.authenticator is None:
            return None
        step = int(self.now.timestamp()) // 30
        if step <= self._last_step:
            self.stage.clock.now += timedelta(seconds=30 * (self._last_step + 1 - step))
            step = self._last_step + 1
        self._last_step = step
        return self.authenticator.at(self.now)

    def enrol(self) -> bool:
        """A first authenticator; it shows its codes from then on to whoever has set it up."""
        started = self.call("POST", "/totp")
        if started.status_code != 201:
            return False
        self.authenticator = pyotp.TOTP(started.json()["secret"])
        body = {"enrolment_id": started.json()["enrolment_id"], "code": self.new_code()}
        return self.call("POST", "/totp/confirm", body).status_code == 200

    def may(self, actor: Actor, action: str) -> Answer:
        """Whether something besides money may be done; who asks for standings alone asks nothing."""
        if not self.asking.is_gate:
            return ALLOWED
        return self._gate(actor, {"action": action})

    def changed(self, actor: Actor, credential: str, method: str = "user", **more: Any) -> None:
        """Tells the service of a change that was made."""
        body = {
            "event_id": self.next_id("chg"),
            "occurred_at": self.now.isoformat(),
            "credential": credential,
            "method": method,
            "ip": actor.ip,
            "device_id": actor.install,
            **more,
        }
        self.call("POST", "/credential-changes", body).raise_for_status()

    def add_payee(self, actor: Actor, name: str) -> Answer:
        """Puts a payee on the list, where there is one. The wallet that asks the gate tells of it too."""
        if self.asking is Asking.NO_LIST:
            self.payees.add(name)
            return ALLOWED
        answer = self.may(actor, "add_payee")
        if answer.allowed:
            self.payees.add(name)
            if self.asking is Asking.GATE:
                self.changed(actor, "payee", payee=digest(name))
        return answer

    def transfer(self, actor: Actor, amount: Decimal, payee: str) -> Answer:
        """Moves money to a payee of the list, where that may be."""
        if payee not in self.payees:
            return Answer("hold")
        amount = min(amount, self.balance).quantize(CENT, ROUND_DOWN)
        if not self.asking.is_gate:
            answer = self._standing(amount)
        else:
            answer = self._gate(
                actor,
                {
                    "action": "transfer",
                    "amount": f"{amount:f}",
                    "currency": self.currency,
                    "balance": f"{self.balance:f}",
                    "payee": digest(payee),
                },
            )
        if answer.allowed:
            self.balance -= amount
            self.moved.append((self.now, amount))
        return answer

    def _standing(self, amount: Decimal) -> Answer:
        query = "?action=transfer"
        if self.asking is Asking.STANDING_AMOUNT:
            query += f"&amount={amount:f}&currency={self.currency}&balance={self.balance:f}"
        answer = self.call("GET", f"/standing{query}")
        if answer.status_code == 404:
            return ALLOWED
        said = answer.raise_for_status().json()
        if said["allowed"]:
            return ALLOWED
        if said["standing"] == "frozen":
            return Answer("deny")
        held = [one["until"] for one in said["restrictions"] if one["action"] == "transfer"]
        until = max(map(datetime.fromisoformat, held), default=None)
        return Answer("hold", until, tuple(one["reason"] for one in said["restrictions"]))

    def _gate(self, actor: Actor, what: dict[str, Any]) -> Answer:
        body = {
            "request_id": self.next_id("req"),
            **what,
            **({} if actor.session is None else {"session_id": actor.session}),
            "device_id": actor.install,
            "ip": actor.ip,
            "user_agent": actor.agent,
            "app": actor.app,
        }
        answer = self._ask(body)
        if answer.decision == "prove" and self._proves(actor, body["request_id"]):
            answer = self._ask(body, asked=True)
        return answer

    def _ask(self, body: dict[str, Any], *, asked: bool = False) -> Answer:
        answer = self.call("POST", "/gate", body)
        if answer.status_code == 404:
            # Nothing is known of it: it was erased, and nobody has come back since.
            return Answer("deny")
        said = answer.raise_for_status().json()
        until = None if said["until"] is None else datetime.fromisoformat(said["until"])
        reasons = tuple(one["code"] for one in said["reasons"])
        decision = said["decision"]
        if decision == "allow" and not self._is_good(said["decision_token"], body):
            decision = "deny"
        return Answer(decision, until, reasons, asked)

    def _is_good(self, token: str, body: dict[str, Any]) -> bool:
        """Money moves on the decision's token, where that is still good."""
        bound = ("action", "amount", "currency", "payee", "request_id")
        wanted = {name: body[name] for name in bound if name in body}
        sent = {"decision_token": token, "account_id": self.account_id, **wanted}
        answer = self.stage.call("wallet", "POST", "/v1/gate/verify", sent).raise_for_status()
        return bool(answer.json()["valid"])

    def _proves(self, actor: Actor, request_id: str) -> bool:
        path = f"/gate/{request_id}/proof"
        code = None if self.authenticator is None else actor.code()
        if code is not None and self.call("POST", path, {"code": code}).status_code == 204:
            return True
        return any(self.call("POST", path, {"method": method}).status_code == 204 for method in actor.checks)


def digest(payee: str) -> str:
    """What the service is told of a payee."""
    return sha256(payee.encode()).hexdigest()[:32]
