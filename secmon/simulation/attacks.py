"""How attackers come in: a few messages around one login that the owner did not make.

And at the end one scripted takeover for the demo: an owner's ordinary week, then a stranger with the
password.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from random import Random
from typing import Any

from secmon.simulation.geography import CITIES, City, cities_of
from secmon.simulation.handsets import Handset, browser_agent, buy, buy_next, nameless_agent, new_install
from secmon.simulation.kinds import Attack, ChallengeOutcome, Message
from secmon.simulation.messages import credential_change, login
from secmon.simulation.networks import Connection, Networks, connect
from secmon.simulation.owners import Owner

GIVES_UP_SHARE = 0.6
# Of the copies of a `device_id`, those that come without telling a handset: by the app's name and the owner's
# system alone, or by no agent at all.
SYSTEM_ONLY_SHARE = 0.2
NO_AGENT_SHARE = 0.1


@dataclass(slots=True)
class Scene:
    """The account under attack as it is at the instant, and the attacker's means."""

    owner: Owner
    at: datetime
    last_login: datetime
    networks: Networks
    draw: Random

    def login(self, kind: Attack, at: datetime, connection: Connection, phone: Handset | None) -> Message:
        """The attacker's login, from a phone or a browser; a challenge is failed or ignored."""
        agent = phone.user_agent(at) if phone else browser_agent(self.draw.randrange(5), at)
        return self.login_by(kind, at, connection, agent, phone)

    def login_by(
        self, kind: Attack, at: datetime, connection: Connection, agent: str, phone: Handset | None
    ) -> Message:
        """As `login`, with the agent that the attacker's tool sends, whatever it says of the phone."""
        answer = ChallengeOutcome.IGNORED if self.draw.random() < GIVES_UP_SHARE else ChallengeOutcome.FAILED
        device_id = phone.install if phone else None
        return login(self.owner.account_id, at, connection, agent, device_id, kind, self.draw, answer=answer)

    def some_phone(self) -> Handset | None:
        """What attackers mostly have: a common phone, or just a browser."""
        if self.draw.random() < 0.3:
            return None
        return buy(self.draw, self.owner.city.country)


def naive(scene: Scene) -> list[Message]:
    """Bought credentials, tried from abroad."""
    home = scene.owner.city.country
    city = scene.draw.choice([city for city in CITIES if city.country != home])
    if scene.draw.random() < 0.3:
        connection = connect(scene.networks.exit(scene.draw, city.country), scene.draw)
    else:
        connection = connect(scene.networks.provider(scene.draw, city), scene.draw)
    return [scene.login(Attack.NAIVE, scene.at, connection, scene.some_phone())]


def vpn(scene: Scene) -> list[Message]:
    """As the naive one, behind a VPN with an exit in the owner's country."""
    connection = connect(scene.networks.exit(scene.draw, scene.owner.city.country), scene.draw)
    return [scene.login(Attack.VPN, scene.at, connection, scene.some_phone())]


def targeted(scene: Scene) -> list[Message]:
    """The owner's city, carrier, model and versions; only the install is another one."""
    connection = connect(scene.owner.carrier, scene.draw)
    phone = replace(scene.owner.phone, install=new_install(scene.draw))
    return [scene.login(Attack.TARGETED, scene.at, connection, phone)]


def cloned(scene: Scene) -> list[Message]:
    """The owner's `device_id`, copied to the attacker's own handset, somewhere in the country or outside.

    Some tools send the copy with an agent that keeps the handset to itself.
    """
    draw, owner = scene.draw, scene.owner
    phone = replace(buy_next(draw, owner.city.country, owner.phone), install=owner.phone.install)
    connection = connect(scene.networks.exit(draw), draw)
    if draw.random() < 0.7:
        city = draw.choice(cities_of(owner.city.country))
        connection = connect(scene.networks.carrier(draw, city), draw)
    agent, told = phone.user_agent(scene.at), draw.random()
    if told < NO_AGENT_SHARE:
        agent = ""
    elif told < NO_AGENT_SHARE + SYSTEM_ONLY_SHARE:
        agent = owner.phone.system_agent(scene.at)
    return [scene.login_by(Attack.CLONED, scene.at, connection, agent, phone)]


def after_recovery(scene: Scene) -> list[Message]:
    """A moved SIM: the password is recovered first, and sometimes the phone changed as well."""
    draw, owner = scene.draw, scene.owner
    city = owner.city if draw.random() < 0.3 else draw.choice(cities_of(owner.city.country))
    connection = connect(scene.networks.carrier(draw, city), draw)
    recovered = scene.at - timedelta(minutes=draw.randint(2, 240))
    messages = [credential_change(owner.account_id, recovered, "password", "recovery", Attack.AFTER_RECOVERY)]
    if draw.random() < 0.4:
        changed = recovered + timedelta(minutes=1)
        messages.append(
            credential_change(owner.account_id, changed, "phone", "recovery", Attack.AFTER_RECOVERY)
        )
    phone = buy(draw, owner.city.country)
    return [*messages, scene.login(Attack.AFTER_RECOVERY, scene.at, connection, phone)]


def impossible_travel(scene: Scene) -> list[Message]:
    """Far away, minutes after the owner was at home."""
    at = scene.last_login + timedelta(minutes=scene.draw.randint(3, 50))
    city = scene.draw.choice([city for city in CITIES if _apart(city, scene.owner.city)])
    connection = connect(scene.networks.carrier(scene.draw, city), scene.draw)
    return [scene.login(Attack.IMPOSSIBLE_TRAVEL, at, connection, scene.some_phone())]


def _apart(one: City, other: City) -> bool:
    """Too far to travel within the hour."""
    return max(abs(one.latitude - other.latitude), abs(one.longitude - other.longitude)) > 10


def local(scene: Scene) -> list[Message]:
    """The owner's city and carrier, on another phone."""
    phone = buy_next(scene.draw, scene.owner.city.country, scene.owner.phone)
    return [scene.login(Attack.LOCAL, scene.at, connect(scene.owner.carrier, scene.draw), phone)]


def no_handset(scene: Scene) -> list[Message]:
    """As the local one, by an agent that names no handset, with an install of its own or with none."""
    draw, owner = scene.draw, scene.owner
    agent = nameless_agent(draw, owner.phone.system, scene.at)
    phone = replace(owner.phone, install=new_install(draw)) if draw.random() < 0.5 else None
    return [scene.login_by(Attack.NO_HANDSET, scene.at, connect(owner.carrier, draw), agent, phone)]


def copied(scene: Scene) -> list[Message]:
    """The owner's `device_id` and every word of the agent, from home, from another city, from abroad."""
    draw, owner = scene.draw, scene.owner
    kind = draw.choice((Attack.COPIED_HOME, Attack.COPIED_CITY, Attack.COPIED_ABROAD))
    connection = connect(owner.carrier, draw)
    if kind is Attack.COPIED_CITY:
        city = draw.choice([city for city in cities_of(owner.city.country) if city != owner.city])
        connection = connect(scene.networks.carrier(draw, city), draw)
    elif kind is Attack.COPIED_ABROAD:
        city = draw.choice([city for city in CITIES if city.country != owner.city.country])
        connection = connect(scene.networks.provider(draw, city), draw)
    return [scene.login(kind, scene.at, connection, owner.phone)]


SINGLE_ATTACKS = (naive, vpn, targeted, cloned, after_recovery, impossible_travel)
# An account may see one of these besides.
CLOSER_ATTACKS = (local, no_handset, copied)


def stuffing(
    victims: list[Owner],
    strangers: int,
    at: datetime,
    networks: Networks,
    draw: Random,
    kind: Attack = Attack.STUFFING,
) -> list[Message]:
    """One source tries a list of names and passwords; some belong to accounts here, few of them fit.

    `strangers` names on the list have no account here. A slow spray tries four in ten minutes.
    """
    slow = kind is Attack.SLOW_SPRAY
    source = connect(networks.provider(draw, draw.choice(CITIES)), draw)
    agent = "python-requests/2.31.0" if draw.random() < 0.3 else browser_agent(draw.randrange(5), at)
    names = [(owner.account_id, draw.random() < 0.15) for owner in victims]
    names += [(f"nobody-{draw.getrandbits(32):08x}", False) for _ in range(strangers)]
    draw.shuffle(names)
    messages = []
    for name, fits in names:
        at += timedelta(seconds=draw.uniform(145, 155) if slow else draw.uniform(2, 8))
        reason = None if fits else "bad_password"
        messages.append(login(name, at, source, agent, None, kind, draw, failure=reason))
    return messages


ACCOUNT = "demo-lihua"
PHONE = "UWallet/5.12.0 (Android 14; Xiaomi 2201123C; zh_CN)"
UPDATED_PHONE = "UWallet/5.13.0 (Android 15; Xiaomi 2201123C; zh_CN)"
STRANGER = "UWallet/5.12.0 (Android 12; samsung SM-A125F; en_US)"
BEIJING = {
    "country": "CN",
    "region": "BJ",
    "city": "Beijing",
    "latitude": 39.9,
    "longitude": 116.4,
    "asn": 4134,
}
FRANKFURT = {
    "country": "DE",
    "region": "HE",
    "city": "Frankfurt",
    "latitude": 50.1,
    "longitude": 8.7,
    "asn": 24940,
}

# (what happens, hours before now, address, user agent, install, place, outcome)
_SCRIPT: tuple[tuple[str, float, str, str, str, dict[str, Any], str], ...] = (
    ("Li Hua, first login", 150, "114.240.18.31", PHONE, "ins-lihua", BEIJING, "success"),
    ("Li Hua, at home", 126, "114.240.18.31", PHONE, "ins-lihua", BEIJING, "success"),
    ("Li Hua, mobile data", 101, "39.144.7.90", PHONE, "ins-lihua", BEIJING, "success"),
    ("Li Hua, typing error", 76.01, "114.240.18.31", PHONE, "ins-lihua", BEIJING, "failure"),
    ("Li Hua, at home", 76, "114.240.18.31", PHONE, "ins-lihua", BEIJING, "success"),
    ("Li Hua, app and system updated", 52, "114.240.18.64", UPDATED_PHONE, "ins-lihua", BEIJING, "success"),
    ("Li Hua, at home", 1.2, "114.240.18.64", UPDATED_PHONE, "ins-lihua", BEIJING, "success"),
    ("a stranger guesses", 0.52, "203.0.113.77", STRANGER, "ins-x", FRANKFURT, "failure"),
    ("a stranger guesses", 0.51, "203.0.113.77", STRANGER, "ins-x", FRANKFURT, "failure"),
    ("a stranger guesses", 0.505, "203.0.113.77", STRANGER, "ins-x", FRANKFURT, "failure"),
    ("a stranger with the password", 0.5, "203.0.113.77", STRANGER, "ins-x", FRANKFURT, "success"),
    ("Li Hua, at home", 0.1, "114.240.18.64", UPDATED_PHONE, "ins-lihua", BEIJING, "success"),
)


def scripted(now: datetime) -> list[tuple[str, dict[str, Any]]]:
    """(what happens, body of POST /v1/login-events) in order of time, the last one just before `now`."""
    return [
        (what, _body(number, now - timedelta(hours=hours), *rest))
        for number, (what, hours, *rest) in enumerate(_SCRIPT)
    ]


def _body(number: int, at: datetime, *rest: Any) -> dict[str, Any]:
    ip, user_agent, device_id, geo, outcome = rest
    return {
        "event_id": f"{ACCOUNT}-{number}",
        "account_id": ACCOUNT,
        "occurred_at": at.isoformat(),
        "outcome": outcome,
        "failure_reason": "bad_password" if outcome == "failure" else None,
        "ip": ip,
        "user_agent": user_agent,
        "device_id": device_id,
        "channel": "app",
        "amr": ["pwd"],
        "geo": geo,
    }
