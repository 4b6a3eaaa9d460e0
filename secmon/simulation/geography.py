"""Cities, in degrees, and the companies that carry traffic there, by autonomous system."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class City:
    country: str
    region: str
    name: str
    latitude: float
    longitude: float
    weight: float


CITIES = (
    City("CN", "BJ", "Beijing", 39.9, 116.4, 9),
    City("CN", "SH", "Shanghai", 31.2, 121.5, 9),
    City("CN", "GD", "Guangzhou", 23.1, 113.3, 7),
    City("CN", "GD", "Shenzhen", 22.5, 114.1, 7),
    City("CN", "GD", "Dongguan", 23.0, 113.7, 3),
    City("CN", "ZJ", "Hangzhou", 30.3, 120.2, 5),
    City("CN", "ZJ", "Ningbo", 29.9, 121.5, 2),
    City("CN", "SC", "Chengdu", 30.7, 104.1, 5),
    City("CN", "HB", "Wuhan", 30.6, 114.3, 4),
    City("CN", "SN", "Xi'an", 34.3, 108.9, 4),
    City("CN", "JS", "Nanjing", 32.1, 118.8, 4),
    City("CN", "JS", "Suzhou", 31.3, 120.6, 3),
    City("CN", "LN", "Shenyang", 41.8, 123.4, 2),
    City("CN", "FJ", "Xiamen", 24.5, 118.1, 2),
    City("CN", "YN", "Kunming", 25.0, 102.7, 2),
    City("CN", "XJ", "Urumqi", 43.8, 87.6, 1),
    City("ID", "JK", "Jakarta", -6.2, 106.8, 10),
    City("ID", "JI", "Surabaya", -7.3, 112.7, 4),
    City("ID", "JB", "Bandung", -6.9, 107.6, 3),
    City("ID", "SU", "Medan", 3.6, 98.7, 2),
    City("DE", "BE", "Berlin", 52.5, 13.4, 4),
    City("DE", "HH", "Hamburg", 53.6, 10.0, 2),
    City("DE", "BY", "Munich", 48.1, 11.6, 2),
    City("DE", "HE", "Frankfurt", 50.1, 8.7, 1),
    City("JP", "13", "Tokyo", 35.7, 139.7, 5),
    City("JP", "27", "Osaka", 34.7, 135.5, 3),
    City("KR", "11", "Seoul", 37.6, 127.0, 4),
    City("TH", "10", "Bangkok", 13.8, 100.5, 5),
    City("SG", "01", "Singapore", 1.35, 103.8, 4),
    City("HK", "HK", "Hong Kong", 22.3, 114.2, 5),
    City("US", "CA", "Los Angeles", 34.1, -118.2, 3),
    City("US", "NY", "New York", 40.7, -74.0, 3),
    City("GB", "ENG", "London", 51.5, -0.1, 3),
    City("FR", "IDF", "Paris", 48.9, 2.4, 2),
    City("NG", "LA", "Lagos", 6.5, 3.4, 2),
    City("RU", "MOW", "Moscow", 55.8, 37.6, 2),
    City("VN", "HN", "Hanoi", 21.0, 105.8, 2),
    City("BR", "SP", "Sao Paulo", -23.5, -46.6, 2),
)

# Mobile carriers and fixed-line providers by country; everywhere else one of each, made from the country's
# place in the list of cities.
CARRIERS = {"CN": (9808, 4134, 4837), "ID": (23693, 24203, 18004), "DE": (3320, 3209, 6805)}
PROVIDERS = {"CN": (4134, 4837, 56041, 9394), "ID": (7713, 23700, 38511), "DE": (3320, 8881, 6830, 31334)}

# Networks of VPN providers and data centres, each with the countries of its exits.
EXITS: tuple[tuple[int, tuple[str, ...]], ...] = (
    (9009, ("SG", "JP", "US", "GB", "DE", "CN")),
    (60068, ("HK", "JP", "US", "DE", "ID")),
    (212238, ("SG", "KR", "US", "FR", "CN", "ID")),
    (20473, ("JP", "US", "SG", "DE")),
    (14061, ("US", "SG", "GB", "DE")),
    (45102, ("CN", "HK", "SG", "ID")),
    (24940, ("DE",)),
)
FIRST_FOREIGN_ASN = 64_512


def cities_of(country: str) -> tuple[City, ...]:
    return tuple(city for city in CITIES if city.country == country)


def carriers_of(country: str) -> tuple[int, ...]:
    """Autonomous systems whose addresses phones have in this country."""
    return CARRIERS.get(country) or _foreign(country)


def providers_of(country: str) -> tuple[int, ...]:
    """Autonomous systems whose addresses homes and offices have in this country."""
    return PROVIDERS.get(country) or _foreign(country)[::-1]


def _foreign(country: str) -> tuple[int, ...]:
    first = FIRST_FOREIGN_ASN + 4 * next(at for at, city in enumerate(CITIES) if city.country == country)
    return first, first + 1, first + 2
