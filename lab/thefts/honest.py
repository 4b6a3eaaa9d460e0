"""Honest owners: three weeks of payments, and one thing out of the ordinary in them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from math import log
from random import Random

from lab.thefts.people import USUAL_PAYEES, Owner, settle
from lab.thefts.places import ABROAD, City, home, mobile, other_city
from lab.thefts.stage import START, Stage
from lab.thefts.wallet import Actor, Asking
from secmon.simulation.handsets import buy_next

DAYS = 21
PAYS_ON = 0.7
# What is paid, of the balance.
MEDIAN_SHARE, SPREAD, LARGEST_SHARE = 0.02, 1.2, 0.6
# Thursday: the account has been used for three days by then.
HAPPENS_ON = 3
AWAY_DAYS = 5
ABROAD_SHARE = 0.3
# Who buys a phone often has the old one in a drawer.
KEEPS_OLD_PHONE = 0.5
HAS_FACTOR = 0.7
SALARY = Decimal(30_000)


@dataclass(frozen=True, slots=True)
class Payment:
    """One payment that an owner wanted to make. `waited`: None where it went at once."""

    kind: str
    waited: timedelta | None
    asked: bool


@dataclass(slots=True)
class Life:
    """An owner's three weeks. What is wanted is paid as soon as it may be."""

    owner: Owner
    kind: str
    place: Callable[[], str] = field(init=False)
    payments: list[Payment] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.place = self._around_home

    def _around_home(self) -> str:
        return self.owner.home_ip if self.owner.draw.random() < 0.5 else self.owner.on_the_move()

    def live(self, happens: Callable[[Life], None]) -> None:
        """Day after day, with what happens on one of them."""
        clock, draw = self.owner.account.stage.clock, self.owner.draw
        for day in range(DAYS):
            clock.now = max(clock.now, START + timedelta(days=day, minutes=draw.randrange(600)))
            self.log_in()
            if day == HAPPENS_ON:
                happens(self)
            if draw.random() < PAYS_ON:
                clock.now += timedelta(minutes=draw.randrange(120))
                self.pay(self.some_amount(), draw.choice(USUAL_PAYEES))

    def log_in(self) -> None:
        """The usual way; a challenge is passed."""
        actor = self.owner.actor
        actor.ip = self.place()
        self.owner.account.login(actor, "pwd")

    def some_amount(self) -> Decimal:
        share = min(LARGEST_SHARE, self.owner.draw.lognormvariate(log(MEDIAN_SHARE), SPREAD))
        return max(Decimal(1), self.owner.account.balance * Decimal(str(round(share, 4))))

    def pay(self, amount: Decimal, payee: str) -> None:
        """Once, and again whenever it is said to go."""
        account, actor = self.owner.account, self.owner.actor
        wanted_at = account.now
        answer = account.transfer(actor, amount, payee)
        asked = answer.asked
        tries = 0
        while not answer.allowed and tries < 5:
            until = answer.until or account.now + timedelta(hours=24)
            account.stage.clock.now = max(until, account.now + timedelta(minutes=1))
            answer = account.transfer(actor, amount, payee)
            tries += 1
        waited = account.now - wanted_at
        self.payments.append(Payment(self.kind, waited if tries else None, asked))
        if account.balance < SALARY / 5:
            account.balance += SALARY / 2

    def add_payee(self, payee: str) -> None:
        """As soon as it may be."""
        account = self.owner.account
        answer = account.add_payee(self.owner.actor, payee)
        while not answer.allowed:
            until = answer.until or account.now + timedelta(hours=24)
            account.stage.clock.now = max(until, account.now + timedelta(minutes=1))
            answer = account.add_payee(self.owner.actor, payee)


def _nothing(_: Life) -> None:
    """A day like any other."""


def _on_another_phone(life: Life) -> Actor:
    owner = life.owner
    phone = buy_next(owner.draw, "CN", owner.phone)
    agent = phone.user_agent(owner.account.now)
    return Actor(phone.install, agent, owner.home_ip, code=owner.actor.code, checks=("sms",))


def _new_phone(life: Life) -> None:
    """The authenticator moves along. Where the old phone is there, what holds is lifted on it."""
    owner, account, old = life.owner, life.owner.account, life.owner.actor
    owner.actor = _on_another_phone(life)
    life.log_in()
    if account.authenticator is None or owner.draw.random() > KEEPS_OLD_PHONE:
        return
    listed = account.call("GET", "/holds").json()["items"]
    for hold in listed:
        told = {"code": account.new_code(), "device_id": old.install, "ip": owner.home_ip}
        account.call("POST", f"/holds/{hold['hold_id']}/lift", told)


def _second_device(life: Life) -> None:
    """A tablet, used beside the phone: every other day from now on."""
    owner, phone, tablet = life.owner, life.owner.actor, _on_another_phone(life)
    around = life.place

    def next_place() -> str:
        owner.actor = tablet if owner.actor is phone else phone
        return owner.home_ip if owner.actor is tablet else around()

    life.place = next_place
    life.log_in()


def _first_payee(life: Life) -> None:
    life.add_payee("newcomer")
    life.pay(life.some_amount(), "newcomer")


def _large_purchase(life: Life) -> None:
    """A good part of the balance; in one case of two to a seller who was never paid before."""
    payee = USUAL_PAYEES[0]
    if life.owner.draw.random() < 0.5:
        payee = "seller"
        life.add_payee(payee)
    share = Decimal(str(round(life.owner.draw.uniform(0.3, 0.8), 2)))
    life.pay(life.owner.account.balance * share, payee)


def _travel(life: Life) -> None:
    """Days in another city, or in three of ten cases abroad, over hotel Wi-Fi and local carriers."""
    owner, draw, around = life.owner, life.owner.draw, life.place
    city: City = draw.choice(ABROAD) if draw.random() < ABROAD_SHARE else other_city(draw, owner.city)
    until: datetime = owner.account.now + timedelta(days=AWAY_DAYS)
    hotel = home(draw, city)

    def there() -> str:
        if owner.account.now > until:
            return around()
        return hotel if draw.random() < 0.5 else mobile(draw, city, owner.carrier)

    life.place = there
    life.log_in()


def _changed_contact(contact: str, value: str) -> Callable[[Life], None]:
    def change(life: Life) -> None:
        account, actor = life.owner.account, life.owner.actor
        if account.may(actor, "change_credentials").allowed:
            account.changed(actor, contact)
            account.call("PUT", "", {contact: value})

    return change


def _reset_password(life: Life) -> None:
    """Forgotten; by SMS, on the own phone."""
    life.owner.account.changed(life.owner.actor, "password", "recovery")
    life.log_in()


def _salary_day(life: Life) -> None:
    """The balance doubles, and rent, family and savings go out of it at once, to whom they always go."""
    life.owner.account.balance += SALARY
    for payee in USUAL_PAYEES:
        life.pay(life.owner.account.balance * Decimal("0.25"), payee)


@dataclass(frozen=True, slots=True)
class Kind:
    """`weight`: how many of a thousand owners it happens to in three weeks."""

    name: str
    happens: Callable[[Life], None]
    weight: float


# A phone lasts two years and a half, a number ten, a password is forgotten every four years; one owner in six
# pays somebody new in three weeks.
KINDS = (
    Kind("ordinary", _nothing, 500),
    Kind("salary day", _salary_day, 150),
    Kind("first payee", _first_payee, 165),
    Kind("travel", _travel, 90),
    Kind("large purchase", _large_purchase, 40),
    Kind("new phone", _new_phone, 23),
    Kind("reset password", _reset_password, 15),
    Kind("second device", _second_device, 10),
    Kind("changed number", _changed_contact("phone", "+8613700000000"), 5),
    Kind("changed mailbox", _changed_contact("email", "new@example.net"), 2),
)
WEIGHTS: Mapping[str, float] = {kind.name: kind.weight for kind in KINDS}


def payments(
    stage: Stage,
    asking: Asking,
    currency: str,
    seeds: Iterable[int],
    *,
    run: str,
    kinds: Iterable[Kind] = KINDS,
) -> Iterator[Payment]:
    """All payments of an owner of each kind and seed."""
    for kind in kinds:
        for seed in seeds:
            account_id = f"{run}-{kind.name.replace(' ', '-')}-{seed}"
            has_factor = Random(f"{account_id}/factor").random() < HAS_FACTOR
            owner = settle(stage, account_id, asking, currency, has_factor=has_factor)
            life = Life(owner, kind.name)
            life.live(kind.happens)
            yield from life.payments
