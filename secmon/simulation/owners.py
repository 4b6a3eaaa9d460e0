"""Who the owners are, and how their lives go on: where they live, what they log in with and from, when.

Phones are updated and replaced, people travel, addresses drift.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from math import exp
from random import Random

from secmon.simulation.geography import City, cities_of, providers_of
from secmon.simulation.handsets import (
    Handset,
    browser_agent,
    buy,
    buy_next,
    in_app_agent,
    web_view_agent,
)
from secmon.simulation.kinds import Honest
from secmon.simulation.networks import Connection, Network, Networks, connect, neighbour
from secmon.simulation.shape import Shape

MOST_LOGINS_A_DAY = 4.0
SECOND_DEVICE_SHARE = 0.1
ONE_LOGIN_SHARE = 0.04


@dataclass(slots=True)
class Owner:
    """One account and its owner's present circumstances; these change as life goes on."""

    account_id: str
    city: City
    carrier: Network
    provider: Network
    phone: Handset
    joins: datetime
    logins_a_day: float
    usual_hour: float
    home: Connection | None = None
    office: Connection | None = None
    second_device: Handset | None = None
    browser_taste: int | None = None
    uses_mini_program: bool = False
    vpn: tuple[Network, ...] = ()
    vpn_use: float = 0.0
    two_factor: bool = False
    uses_web_view: bool = False

    @property
    def amr(self) -> list[str]:
        return ["pwd", "otp"] if self.two_factor else ["pwd"]


def settle(
    number: int, shape: Shape, networks: Networks, draw: Random, start: datetime, neighbour: Owner | None
) -> Owner:
    """A new owner. A family member shares the phone of the neighbour now and then."""
    cities = cities_of(shape.country)
    city = draw.choices(cities, [place.weight for place in cities])[0]
    phone = buy(draw, shape.country)
    provider = networks.provider(draw, city)
    owner = Owner(
        account_id=f"acct-{number:06d}",
        city=city,
        carrier=networks.carrier(draw, city),
        provider=provider,
        phone=phone,
        joins=start + timedelta(days=draw.uniform(0, 0.6 * shape.days)),
        logins_a_day=min(
            MOST_LOGINS_A_DAY, shape.logins_a_day_median * draw.lognormvariate(0, shape.logins_a_day_spread)
        ),
        usual_hour=draw.gauss(13, 4) % 24,
        two_factor=draw.random() < shape.two_factor_share,
    )
    if draw.random() < shape.wifi_share:
        owner.home = connect(provider, draw)
    if draw.random() < shape.office_share:
        owner.office = connect(networks.provider(draw, city), draw)
    if draw.random() < shape.browser_share:
        owner.browser_taste = draw.choice((0, 0, 0, 1, 1, 2, 3, 4))
        owner.uses_mini_program = shape.country == "CN" and draw.random() < 0.4
    if draw.random() < shape.vpn_owner_share:
        owner.vpn = tuple(networks.exit(draw) for _ in range(draw.randint(1, 3)))
        owner.vpn_use = draw.uniform(0.1, 0.6)
    owner.uses_web_view = draw.random() < shape.hybrid_share
    if neighbour and draw.random() < shape.family_share:
        owner.second_device, owner.home, owner.city = neighbour.phone, neighbour.home, neighbour.city
    elif draw.random() < SECOND_DEVICE_SHARE:
        owner.second_device = buy_next(draw, shape.country, phone)
    return owner


def login_times(owner: Owner, draw: Random, end: datetime) -> list[datetime]:
    """When the owner logs in: random days, around the usual hours; some log in once, and never again."""
    times: list[datetime] = []
    day = owner.joins
    once = draw.random() < ONE_LOGIN_SHARE
    while day < end and not (once and times):
        hour = draw.gauss(owner.usual_hour, 3.5) if draw.random() < 0.9 else draw.uniform(0, 24)
        moment = day.replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(hours=hour % 24)
        if moment < end and (not times or moment > times[-1] + timedelta(minutes=20)):
            times.append(moment.replace(microsecond=0))
        day += timedelta(days=draw.expovariate(owner.logins_a_day))
    return times


HOME_ADDRESS_RATE = 1 / 30
SAME_PREFIX_SHARE = 0.6
BROWSER_USE = 0.15
WEB_VIEW_USE = 0.3
SECOND_DEVICE_USE = 0.2
HOME_USE = 0.55
OFFICE_USE = 0.25
ROAMING_THROUGH_HOME = 0.3
FOREIGN = ("JP", "KR", "TH", "SG", "HK", "US", "GB", "FR", "VN")


@dataclass(frozen=True, slots=True)
class Visit:
    """One honest login, before it is put into words."""

    at: datetime
    connection: Connection
    user_agent: str
    device_id: str | None
    kind: Honest


@dataclass(slots=True)
class Life:
    """An owner through time. Call `next` with ascending instants."""

    owner: Owner
    shape: Shape
    networks: Networks
    draw: Random
    last: datetime | None = None
    away: City | None = None
    back: datetime | None = None
    met: set[str] = field(default_factory=set)
    news: Honest | None = None
    mobile: Connection | None = None

    def next(self, now: datetime, crowd: Connection | None = None) -> Visit:
        """The owner's login at this instant; among a crowd, where there is one."""
        days = (now - self.last).total_seconds() / 86_400 if self.last else 0.0
        if self.last:
            self._change_phone(days)
            self._travel(now, days)
            self._drift(days)
        connection, odd = (crowd, Honest.SHARED_ADDRESS) if crowd and not self.away else self._connect()
        recorded = self.networks.recorded(connection, now)
        if odd is None and recorded.city != connection.city:
            odd = Honest.MOVED_RECORD
        elif odd is None and connection.vague:
            odd = Honest.COUNTRY_PLACE
        connection = recorded
        user_agent, device_id, device_news = self._device(now)
        if device_news is None and odd is None and user_agent.startswith("Mozilla/") and device_id:
            odd = Honest.WEB_VIEW
        if device_news in (Honest.APP_UPDATE, Honest.SYSTEM_UPDATE):
            device_news, odd = odd or device_news, None
        kind = device_news or odd or Honest.ORDINARY
        if self.last is None:
            kind = Honest.FIRST
        self.last = now
        return Visit(now, connection, user_agent, device_id, kind)

    def _happens(self, rate: float, days: float) -> bool:
        return self.draw.random() < 1 - exp(-rate * days)

    def _change_phone(self, days: float) -> None:
        owner, shape, draw = self.owner, self.shape, self.draw
        if self._happens(shape.new_phone_rate, days):
            old = owner.phone
            owner.phone = buy_next(draw, shape.country, old)
            if owner.phone.system == old.system and draw.random() < shape.migrated_share:
                owner.phone = replace(owner.phone, install=old.install)
            self.news = Honest.NEW_PHONE
        elif self._happens(shape.reinstall_rate, days):
            owner.phone = owner.phone.reinstalled(draw)
            self.news = Honest.REINSTALL
        elif self._happens(shape.system_update_rate, days):
            owner.phone = owner.phone.updated(draw)
            self.news = self.news or Honest.SYSTEM_UPDATE

    def _travel(self, now: datetime, days: float) -> None:
        draw, shape = self.draw, self.shape
        if self.away and self.back and now >= self.back and days > 0.5:
            self.away = None
        # Nobody leaves within hours of a login at home: there is time to have travelled.
        if self.away or days < 1.0:
            return
        if self._happens(shape.foreign_trip_rate, days):
            self.away = draw.choice([city for country in FOREIGN for city in cities_of(country)])
        elif self._happens(shape.domestic_trip_rate, days):
            self.away = draw.choice([city for city in cities_of(shape.country) if city != self.owner.city])
        self.back = now + timedelta(days=draw.uniform(1, 9))

    def _drift(self, days: float) -> None:
        owner = self.owner
        if owner.home and self._happens(HOME_ADDRESS_RATE, days):
            if self.draw.random() < SAME_PREFIX_SHARE:
                owner.home = neighbour(owner.home, self.draw)
            else:
                owner.home = connect(owner.provider, self.draw)

    def _connect(self) -> tuple[Connection, Honest | None]:
        owner, draw = self.owner, self.draw
        if owner.vpn and draw.random() < owner.vpn_use:
            return connect(draw.choice(owner.vpn), draw), Honest.VPN_OWNER
        if self.away:
            return self._connect_away(self.away)
        if draw.random() < self.shape.other_wifi_share:
            return connect(self.networks.provider(draw, owner.city), draw), Honest.OTHER_WIFI
        where = draw.random()
        if owner.home and where < HOME_USE:
            return owner.home, None
        if owner.office and where < HOME_USE + OFFICE_USE:
            return owner.office, None
        if self.mobile is None or draw.random() < 0.5:
            self.mobile = connect(owner.carrier, draw)
        else:
            self.mobile = neighbour(self.mobile, draw)
        return self.mobile, None

    def _connect_away(self, city: City) -> tuple[Connection, Honest]:
        owner, draw = self.owner, self.draw
        abroad = city.country != owner.city.country
        kind = Honest.FOREIGN_TRAVEL if abroad else Honest.DOMESTIC_TRAVEL
        if draw.random() < ROAMING_THROUGH_HOME:
            return connect(owner.carrier, draw), kind
        if draw.random() < 0.5:
            return connect(self.networks.fixed(draw.choice(providers_of(city.country)), city), draw), kind
        if abroad:
            return connect(self.networks.carrier(draw, city), draw), kind
        return connect(self.networks.mobile(owner.carrier.asn, city), draw), kind

    def _device(self, now: datetime) -> tuple[str, str | None, Honest | None]:
        owner, draw = self.owner, self.draw
        if owner.browser_taste is not None and draw.random() < BROWSER_USE:
            agent = browser_agent(owner.browser_taste, now)
            if owner.uses_mini_program:
                agent = in_app_agent(owner.phone, now)
            return agent, None, self._once("browser", Honest.FIRST_BROWSER)
        if owner.second_device and draw.random() < SECOND_DEVICE_USE:
            second = owner.second_device
            return second.user_agent(now), second.install, self._once(second.install, Honest.NEW_PHONE)
        news, self.news = self.news, None
        before = self._app_version(owner.phone, self.last)
        if news is None and before and before != self._app_version(owner.phone, now):
            news = Honest.APP_UPDATE
        agent = owner.phone.user_agent(now)
        if owner.uses_web_view and draw.random() < WEB_VIEW_USE:
            agent = web_view_agent(owner.phone)
        return agent, owner.phone.install, news

    @staticmethod
    def _app_version(phone: Handset, at: datetime | None) -> str | None:
        return phone.user_agent(at).split(" ", 1)[0] if at else None

    def _once(self, what: str, kind: Honest) -> Honest | None:
        if what in self.met:
            return None
        self.met.add(what)
        return kind
