"""Owners: where they live, which phone they have, what they did before, and what they do when told."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from math import log
from random import Random

from lab.thefts.places import CARRIERS, CITIES, City, home, mobile
from lab.thefts.stage import START, Stage
from lab.thefts.wallet import BALANCE, Account, Actor, Asking
from secmon.outbox.kinds import Kind
from secmon.simulation.handsets import Handset, buy

# So long the account and its phone are known before anything happens.
HISTORY = timedelta(days=26)
TOLD_OF = timedelta(days=4)
LOGINS_A_DAY = 2
CROWD = 40
# Every owner has paid these before.
USUAL_PAYEES = ("landlord", "mother", "friend")
# What an owner wonders at; what the service writes besides is no news of a thief.
ALARMING = frozenset(Kind) - {
    Kind.SESSIONS_REVOKE,
    Kind.CASE_OPENED,
    Kind.CASE_UPDATED,
    Kind.ACCOUNT_FROZEN,
    Kind.PASSWORD_REMINDER,
}
REACTS_AFTER_MIN = 20.0
SPREAD = 0.8
# Who is asleep, at work or without a signal.
LATE_SHARE = 0.2
LATE_AFTER_MIN = 8 * 60.0
# Of all: who reads no message of a wallet, ever.
NEVER_SHARE = 0.05


@dataclass(slots=True)
class Owner:
    """An owner with an account of some weeks. `actor` is the owner on the own phone, at home."""

    account: Account
    draw: Random
    city: City
    carrier: int
    home_ip: str
    phone: Handset
    actor: Actor

    def on_the_move(self) -> str:
        """An address of the owner's phone outside."""
        return mobile(self.draw, self.city, self.carrier)


def settle(
    stage: Stage,
    account_id: str,
    asking: Asking,
    currency: str,
    *,
    has_factor: bool,
    payees: tuple[str, ...] = USUAL_PAYEES,
) -> Owner:
    """An account with its history, as of `START`: known for weeks, logged in at home two hours ago."""
    owner = _newcomer(stage, account_id, asking, currency)
    account, actor = owner.account, owner.actor
    stage.clock.now = START - HISTORY
    contacts = {"locale": "zh-CN", "email": f"{account_id}@example.com", "phone": "+8613812345678"}
    account.call("PUT", "", contacts).raise_for_status()
    _live(owner)
    for payee in payees:
        account.add_payee(actor, payee)
    if has_factor:
        account.enrol()
        actor.code = account.new_code
    stage.clock.now = START - timedelta(hours=2)
    account.login(actor, "pwd")
    for payee in payees:
        account.transfer(actor, Decimal(10), payee)
    account.moved.clear()
    account.balance = BALANCE
    stage.clock.now = START
    return owner


def _newcomer(stage: Stage, account_id: str, asking: Asking, currency: str) -> Owner:
    draw = Random(account_id)
    city, carrier = draw.choice(CITIES), draw.choice(list(CARRIERS))
    phone = buy(draw, "CN")
    account = Account(stage, account_id, asking, currency)
    actor = Actor(
        phone.install, phone.user_agent(START), home(draw, city), checks=("hwk", "sms"), has_key=True
    )
    return Owner(account, draw, city, carrier, actor.ip, phone, actor)


def _live(owner: Owner) -> None:
    """Weeks of logins, at home and outside, told in one batch."""
    account, actor = owner.account, owner.actor
    events = []
    for number in range((HISTORY - TOLD_OF).days * LOGINS_A_DAY):
        days, rest = divmod(number, LOGINS_A_DAY)
        at = START - HISTORY + timedelta(days=days, hours=1 + 10 * rest, minutes=owner.draw.randrange(180))
        actor.ip = owner.home_ip if owner.draw.random() < 0.5 else owner.on_the_move()
        events.append(account.login_body(actor, ("pwd",), at))
    actor.ip = owner.home_ip
    account.stage.clock.now = START - TOLD_OF
    path = "/v1/login-events/batch"
    account.stage.call("wallet", "POST", path, {"events": events}).raise_for_status()


def crowd(stage: Stage) -> None:
    """Others in the wallet, with whose logins each one is compared."""
    for number in range(CROWD):
        _live(_newcomer(stage, f"crowd-{number}", Asking.GATE, ""))
    stage.count_population()


@dataclass(slots=True)
class Alarm:
    """When the owner acts. `median_min`: after being told; None where no message reaches them.

    `notices_min`: how long until they see for themselves, whatever they are told.
    """

    owner: Owner
    median_min: float | None = REACTS_AFTER_MIN
    notices_min: float | None = None
    acts_at: datetime | None = None
    acted: bool = False
    _heard: int = 0
    _told: bool = False

    def begin(self) -> None:
        """From now on: what was told before is no news."""
        self._heard = len(self._messages())
        if self.notices_min is not None:
            self._act_at(_lognormal(self.owner.draw, self.notices_min))

    def listen(self) -> None:
        """Looks whether the owner was told of anything by now."""
        if self.median_min is None or self._told or self.acted:
            return
        if any(kind in ALARMING for kind in self._messages()[self._heard :]):
            self._told = True
            draw = self.owner.draw
            if draw.random() < NEVER_SHARE:
                return
            late = draw.random() < LATE_SHARE
            after = 60 + _lognormal(draw, LATE_AFTER_MIN) if late else _lognormal(draw, self.median_min)
            self._act_at(after)

    def act(self) -> None:
        """Says "not me" where there was a question, and reports a theft otherwise."""
        self.acted = True
        account = self.owner.account
        listed = account.call("GET", "/alerts")
        alerts = listed.json()["items"] if listed.status_code == 200 else []
        for alert in alerts:
            path = f"/v1/alerts/{alert['alert_id']}/answer"
            if account.stage.call("wallet", "POST", path, {"answer": "not_me"}).status_code == 200:
                return
        body = {"reason": "theft_reported", "channel": "hotline"}
        account.call("POST", "/freeze", body).raise_for_status()

    def _act_at(self, minutes: float) -> None:
        at = self.owner.account.now + timedelta(minutes=minutes)
        self.acts_at = at if self.acts_at is None else min(self.acts_at, at)

    def _messages(self) -> list[str]:
        return self.owner.account.stage.told(self.owner.account.account_id)


def _lognormal(draw: Random, median: float) -> float:
    return draw.lognormvariate(log(median), SPREAD)
