"""How an owner's life goes on: phones are updated and replaced, people travel, addresses drift."""

from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from math import exp
from random import Random

from secmon.simulation.geography import City, cities_of, providers_of
from secmon.simulation.handsets import Handset, browser_agent, buy_next, in_app_agent
from secmon.simulation.kinds import Honest
from secmon.simulation.networks import Connection, Networks, connect, neighbour
from secmon.simulation.owners import Owner
from secmon.simulation.shape import Shape

HOME_ADDRESS_RATE = 1 / 30
SAME_PREFIX_SHARE = 0.6
BROWSER_USE = 0.15
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

    def next(self, now: datetime) -> Visit:
        """The owner's login at this instant."""
        days = (now - self.last).total_seconds() / 86_400 if self.last else 0.0
        if self.last:
            self._change_phone(days)
            self._travel(now, days)
            self._drift(days)
        connection, odd = self._connect()
        user_agent, device_id, device_news = self._device(now)
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
        return owner.phone.user_agent(now), owner.phone.install, news

    @staticmethod
    def _app_version(phone: Handset, at: datetime | None) -> str | None:
        return phone.user_agent(at).split(" ", 1)[0] if at else None

    def _once(self, what: str, kind: Honest) -> Honest | None:
        if what in self.met:
            return None
        self.met.add(what)
        return kind
