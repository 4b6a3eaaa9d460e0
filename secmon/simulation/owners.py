"""Who the owners are: where they live, what they log in with and from, when."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random

from secmon.simulation.geography import City, cities_of
from secmon.simulation.handsets import Handset, buy, buy_next
from secmon.simulation.networks import Connection, Network, Networks, connect
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
