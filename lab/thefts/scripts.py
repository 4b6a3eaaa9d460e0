"""The thefts: what each thief has, and what they do with it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

from lab.thefts.people import REACTS_AFTER_MIN, Owner
from lab.thefts.places import ABROAD, CARRIERS, City, home, mobile, other_city
from lab.thefts.play import Play
from lab.thefts.wallet import Actor
from secmon.simulation.handsets import buy

DAY = timedelta(days=1)
WEEK = timedelta(days=7)
# A page that asks for a code once asks for another one, as long as the owner is on it.
ON_THE_PAGE = timedelta(minutes=10)
GIVES_ANOTHER_CODE = 0.5
CARRIERS_TELL = 0.5
LED_AGAIN = timedelta(minutes=31)


@dataclass(frozen=True, slots=True)
class Script:
    """A theft. `hears_min`: after how long an owner who is told acts, in the median; None: no message gets
    through. `notices_min`: after how long they see for themselves. `has_factor`: as a share of the owners.
    """

    name: str
    steal: Callable[[Play], None]
    hears_min: float | None = REACTS_AFTER_MIN
    notices_min: float | None = None
    has_factor: float = 0.7
    lasts: timedelta = DAY


def _strangers_phone(owner: Owner, city: City | None = None) -> Actor:
    """Another phone somewhere in the country, over mobile data or Wi-Fi; one in four is abroad."""
    draw = owner.draw
    if city is None:
        far = draw.choice(ABROAD) if draw.random() < 0.25 else other_city(draw, owner.city)
        city = owner.city if draw.random() < 0.25 else far
    phone = buy(draw, "CN")
    ip = mobile(draw, city, draw.choice(list(CARRIERS))) if draw.random() < 0.5 else home(draw, city)
    return Actor(phone.install, phone.user_agent(owner.account.now), ip)


def _phished_codes(play: Play) -> Callable[[], str | None]:
    """One code, relayed as it is typed, and another one as long as the owner believes the page."""
    draw, first, until = play.owner.draw, [True], play.now + ON_THE_PAGE

    def code() -> str | None:
        believes = first[0] or (play.now < until and draw.random() < GIVES_ANOTHER_CODE)
        first[0] = False
        return play.account.new_code() if believes else None

    return code


def _phish(play: Play) -> Actor | None:
    thief = _strangers_phone(play.owner)
    thief.code = _phished_codes(play)
    if play.account.authenticator is None:
        # The code by SMS is typed into the page as well.
        thief.checks = ("sms",)
        amr: tuple[str, ...] = ("pwd", "sms")
    else:
        thief.code()
        amr = ("pwd", "otp")
    return thief if play.account.login(thief, *amr) else None


def _says_was_me(play: Play) -> None:
    """Answers from the own session what the owner is asked."""
    listed = play.account.call("GET", "/alerts").json()["items"]
    for alert in listed:
        path = f"/v1/alerts/{alert['alert_id']}/answer"
        play.account.stage.call("wallet", "POST", path, {"answer": "was_me"})


def phished(play: Play) -> None:
    """A password and a code, typed into the thief's page; a new phone; "was me" from the own session."""
    thief = _phish(play)
    if thief is not None:
        _says_was_me(play)
        play.drain(thief)


def _owners_phone(play: Play) -> Actor:
    """In the owner's open session, outside; codes are on the same phone, and its PIN opens its keys."""
    owner = play.owner
    return Actor(
        owner.phone.install,
        owner.actor.agent,
        owner.on_the_move(),
        session=owner.actor.session,
        code=play.account.new_code,
        checks=("hwk", "sms"),
        has_key=True,
    )


def phone_with_pin(play: Play) -> None:
    """The unlocked phone and its PIN: all that the owner can prove with is on it."""
    play.drain(_owners_phone(play))


def _moves_number(play: Play, thief: Actor) -> None:
    thief.checks = ("sms",)
    if play.owner.draw.random() < CARRIERS_TELL:
        play.account.changed(thief, "sim", "carrier")


def sim_swap(play: Play) -> None:
    """The owner's number on the thief's card; the password is recovered by SMS. Half of the carriers tell."""
    thief = _strangers_phone(play.owner)
    _moves_number(play, thief)
    play.account.changed(thief, "password", "recovery")
    play.wait()
    if play.account.login(thief, "pwd", "sms"):
        _says_was_me(play)
        play.drain(thief)


def _swap_contacts(play: Play, thief: Actor) -> bool:
    if not play.account.may(thief, "change_credentials").allowed:
        return False
    both = {"phone": "+8613900000000", "email": "thief@example.org"}
    play.account.call("PUT", "", both)
    thief.checks = ("sms", "otp")
    return True


def contacts_swapped(play: Play) -> None:
    """As phished, then phone and e-mail are replaced in one call, the password is recovered, and in again."""
    thief = _phish(play)
    if thief is None:
        return
    play.wait()
    if _swap_contacts(play, thief):
        play.wait()
        play.account.changed(thief, "password", "recovery")
        play.account.login(thief, "pwd", "sms")
        _says_was_me(play)
    play.drain(thief)


def cloned(play: Play) -> None:
    """The password, and the install id and agent of the owner's phone on another one, in the country."""
    owner = play.owner
    somewhere = owner.city if owner.draw.random() < 0.5 else other_city(owner.draw, owner.city)
    thief = _strangers_phone(owner, somewhere)
    thief.install, thief.agent = owner.phone.install, owner.actor.agent
    if play.account.login(thief, "pwd"):
        play.drain(thief)


def stolen_session(play: Play) -> None:
    """A session's token and all headers of the owner's phone, from elsewhere in the country; no login."""
    owner = play.owner
    somewhere = owner.city if owner.draw.random() < 0.5 else other_city(owner.draw, owner.city)
    thief = _strangers_phone(owner, somewhere)
    thief.install, thief.agent = owner.phone.install, owner.actor.agent
    thief.session = owner.actor.session
    play.drain(thief)


def erased_at_the_desk(play: Play) -> None:
    """An accomplice at the support desk has the account erased by a colleague who believes it; in as anew."""
    account = play.account
    asked = account.call("POST", "/erasure", {"reason": "owner asks"}, role="agent")
    if asked.status_code in {200, 201, 202}:
        path = f"/erasure/{asked.json()['request_id']}/approve"
        account.call("POST", path, {"note": "fine"}, role="supervisor")
        account.authenticator = None
    thief = _strangers_phone(play.owner)
    thief.checks = ("sms",)
    if account.login(thief, "pwd", "sms"):
        account.enrol()
        thief.code = account.new_code
        play.drain(thief)


def factor_enrolled(play: Play) -> None:
    """An account without a factor and its password: the thief enrols one, and proves the login with it."""
    account, thief = play.account, _strangers_phone(play.owner)
    if account.may(thief, "enable_feature").allowed and account.enrol():
        thief.code = account.new_code
    play.wait()
    if account.login(thief, "pwd", *(("otp",) if thief.code() else ())):
        _says_was_me(play)
        play.drain(thief)


def on_a_call(play: Play) -> None:
    """The owner, talked through it, the phone remotely controlled: own phone, own session, own codes. Told to
    wait, they are called again later: on another phone, of which the app knows nothing.
    """
    owner = play.owner
    owner.actor.app = {"on_call": True, "screen_shared": True, "remote_control": True}
    account = play.account
    while not account.add_payee(owner.actor, "mule").allowed:
        play.wait(LED_AGAIN)
        owner.actor.app = {}
    if owner.actor.app and not account.transfer(owner.actor, account.balance, "mule").allowed:
        play.wait(LED_AGAIN)
        owner.actor.app = {}
    play.drain(owner.actor)


def mailbox(play: Play) -> None:
    """The mailbox: the password is recovered by mail; one wallet in two calls a code by mail `otp`."""
    thief = _strangers_phone(play.owner)
    play.account.changed(thief, "password", "recovery")
    play.wait()
    thief.checks = ("otp",) if play.owner.draw.random() < 0.5 else ()
    if play.account.login(thief, "pwd", *thief.checks):
        _says_was_me(play)
        play.drain(thief)


def slow(play: Play) -> None:
    """As phished, and then patient: each hold is waited out, the contacts and payees changed one by one."""
    thief = _phish(play)
    if thief is None:
        return
    play.wait(timedelta(hours=13))
    _swap_contacts(play, thief)
    play.wait(timedelta(hours=25))
    play.drain(thief)


def everything(play: Play) -> None:
    """The phone and its PIN, the number and the mailbox: every code and letter is the thief's. One in two
    recovers the password before, and comes in anew.
    """
    thief = _owners_phone(play)
    thief.checks = ("hwk", "sms", "otp")
    if play.owner.draw.random() < 0.5:
        play.account.changed(thief, "password", "recovery")
        play.account.login(thief, "pwd", "sms")
        _says_was_me(play)
    play.drain(thief)


def reset_at_the_desk(play: Play) -> None:
    """The thief has the number, and talks two people at the desk into a reset of the second factor."""
    account = play.account
    subject = {"category": "login", "channel": "hotline", "subject": "lost phone"}
    opened = account.stage.call("agent", "POST", "/v1/cases", {"account_id": account.account_id, **subject})
    case = opened.json()["case_id"]
    check = {"method": "id_document", "outcome": "passed", "evidence_ref": "scan-1"}
    account.stage.call("agent", "POST", f"/v1/cases/{case}/identity-checks", check)
    asked = account.call("POST", "/two-factor/reset", {"case_id": case, "reason": "lost phone"}, role="agent")
    if asked.status_code in {200, 201, 202}:
        tag = account.stage.call("supervisor", "GET", f"/v1/cases/{case}").headers["ETag"]
        path = f"/v1/accounts/{account.account_id}/two-factor/reset/{asked.json()['request_id']}/approve"
        account.stage.call("supervisor", "POST", path, {"note": "fine"}, If_Match=tag)
        account.authenticator = None
    thief = _strangers_phone(play.owner)
    thief.checks = ("sms",)
    if account.login(thief, "pwd", "sms"):
        account.enrol()
        thief.code = account.new_code
        _says_was_me(play)
        play.drain(thief)


def two_at_once(play: Play) -> None:
    """As phished, with a copied install as well: what the one session may not, the other one tries."""
    thief = _phish(play)
    copy = _strangers_phone(play.owner, play.owner.city)
    copy.install, copy.agent = play.owner.phone.install, play.owner.actor.agent
    if play.account.login(copy, "pwd"):
        if thief is not None:
            copy.code = thief.code
        _says_was_me(play)
        play.drain(copy)
    elif thief is not None:
        play.drain(thief)


SCRIPTS = (
    Script("phished password and code, new phone", phished),
    Script("unlocked phone with its PIN", phone_with_pin, hears_min=None, notices_min=60),
    Script("SIM swap, recovery by SMS", sim_swap, hears_min=40, notices_min=120),
    Script("phished, then both contacts swapped", contacts_swapped),
    Script("copied install id and agent", cloned),
    Script("stolen session, no login", stolen_session),
    Script("accomplice at the desk: erasure", erased_at_the_desk),
    Script("account without a factor: thief enrols one", factor_enrolled, has_factor=0),
    Script("remote control while on a call", on_a_call),
    Script("recovery by mailbox", mailbox),
    Script("slow thief who waits out each hold", slow, lasts=WEEK),
    Script("phone, PIN, SIM and mailbox together", everything, hears_min=None, notices_min=90),
    Script("two at the desk talked into a reset", reset_at_the_desk, has_factor=1),
    Script("phished, and a copied install beside it", two_at_once),
)
