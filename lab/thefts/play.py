"""One theft: the thief acts, the clock goes on, and the owner acts once it is time."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal

from lab.thefts.people import Alarm, Owner
from lab.thefts.wallet import BALANCE, Account, Actor, Answer

# Between one attempt and the next: somebody types.
A_MOMENT = timedelta(seconds=40)
# Where nothing goes and nobody says until when.
LOOKS_AGAIN = timedelta(minutes=15)
# What is tried, of what there was: all of it, and then whatever caps are known to let go.
SHARES = tuple(map(Decimal, ("1", "0.5", "0.2", "0.1", "0.05", "0.02", "0.01")))
MOST_PAYEES = 25


class Over(Exception):
    """Nothing more is to be had: the time is up, or the account is frozen."""


@dataclass(slots=True)
class Play:
    """A thief at one owner's account, until `ends_at`."""

    owner: Owner
    alarm: Alarm
    ends_at: datetime
    began_at: datetime = field(init=False)
    _last: Answer = field(init=False, default=Answer("allow"))
    _tried_to_lift: bool = field(init=False, default=False)

    def __post_init__(self) -> None:
        self.began_at = self.now
        self.alarm.begin()

    @property
    def account(self) -> Account:
        return self.owner.account

    @property
    def now(self) -> datetime:
        return self.account.now

    def wait(self, duration: timedelta = A_MOMENT) -> None:
        """Time passes, and the owner does what they would have done by then. Raises `Over`."""
        self.alarm.listen()
        clock, until = self.account.stage.clock, self.now + duration
        acts_at = self.alarm.acts_at
        if acts_at is not None and not self.alarm.acted and acts_at <= until:
            clock.now = max(self.now, acts_at)
            self.alarm.act()
        clock.now = max(self.now, until)
        if self.now >= self.ends_at:
            raise Over

    def drain(self, thief: Actor) -> None:
        """Everything that goes: at once, else in parts, to one payee after another. Raises `Over`."""
        mules: list[str] = []
        while self.account.balance >= 1:
            if self._takes_from(thief, mules):
                continue
            if self._tried_to_lift or not self._lifts(thief):
                self._wait_out()

    def _takes_from(self, thief: Actor, mules: list[str]) -> bool:
        """One transfer to any of the thief's payees, the latest first; else to one who is added for it."""
        if any(self._takes_some(thief, mule) for mule in reversed(mules)):
            return True
        if len(mules) == MOST_PAYEES:
            return False
        mule = f"mule-{len(mules)}"
        self._last = self.account.add_payee(thief, mule)
        self.wait()
        if not self._last.allowed:
            return False
        mules.append(mule)
        return self._takes_some(thief, mule)

    def _takes_some(self, thief: Actor, payee: str) -> bool:
        """One transfer, as large as it may be."""
        for share in SHARES:
            amount = min(self.account.balance, BALANCE * share)
            self._last = self.account.transfer(thief, amount, payee)
            self.wait(timedelta(seconds=10))
            if self._last.allowed:
                return True
            if self._last.decision == "deny":
                return False
        return False

    def _lifts(self, thief: Actor) -> bool:
        """Whether a hold could be ended as owners end one: with a code, on this phone, from here."""
        self._tried_to_lift, account = True, self.account
        listed = account.call("GET", "/holds")
        for hold in listed.json()["items"] if listed.status_code == 200 and account.asking.is_gate else []:
            code = thief.code()
            if code is None:
                return False
            told = {"code": code, "device_id": thief.install, "ip": thief.ip}
            if account.call("POST", f"/holds/{hold['hold_id']}/lift", told).status_code == 204:
                return True
            self.wait(timedelta(seconds=5))
        return False

    def _wait_out(self) -> None:
        if "frozen" in self._last.reasons or self.alarm.acted:
            raise Over
        until = self._last.until
        self.wait(LOOKS_AGAIN if until is None else max(until - self.now, A_MOMENT))

    def gone(self, within: timedelta) -> float:
        """The share of the balance that went in that time."""
        until = self.began_at + within
        return float(sum((amount for at, amount in self.account.moved if at <= until), Decimal(0)) / BALANCE)
