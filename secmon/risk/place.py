"""Where was a login, and could its owner have travelled there?"""

from math import asin, cos, radians, sin, sqrt

from secmon.risk.login import Login

EARTH_RADIUS_KM = 6371.0
UNKNOWN_RADIUS_KM = 50.0
# From here on a place is a country or a province, whose centre nobody has been at.
LARGEST_RADIUS_KM = 200.0

# Latitude, longitude (degrees), accuracy radius (km), city.
Spot = tuple[float, float, float, str]


def placed(login: Login) -> str:
    """The place of a login as compact text, to a tenth of a degree (11 km); "" for none.

    Anonymizers and hosting networks give no place: their address says where the exit stands. Nor does what is
    known to the country alone, whose centre says nothing of how far anybody travelled.
    """
    if login.latitude is None or login.longitude is None or login.anonymizer or login.hosting:
        return ""
    radius = login.accuracy_radius_km
    if radius is None:
        radius = UNKNOWN_RADIUS_KM if login.city else LARGEST_RADIUS_KM
    if radius >= (LARGEST_RADIUS_KM if login.city else UNKNOWN_RADIUS_KM + 1):
        return ""
    # A region is stored by its code, "13" or "GD", which no owner reads.
    name = login.city or login.country or ""
    return f"{login.latitude:.1f},{login.longitude:.1f},{radius:.0f},{name}"


def spot(text: str) -> Spot:
    """What `placed` wrote, read back."""
    latitude, longitude, radius, name = text.split(",", 3)
    return float(latitude), float(longitude), float(radius), name


def is_exact(place: Spot) -> bool:
    """Whether speed can be told from it: profiles of an earlier release have whole countries as places."""
    return place[2] < LARGEST_RADIUS_KM


def distance_km(here: Spot, there: Spot) -> float:
    """Great-circle distance (haversine) less both accuracy radii, never below 0."""
    latitude, other = radians(here[0]), radians(there[0])
    half_angle = (
        sin((other - latitude) / 2) ** 2
        + cos(latitude) * cos(other) * sin(radians(there[1] - here[1]) / 2) ** 2
    )
    apart = 2 * EARTH_RADIUS_KM * asin(min(1.0, sqrt(half_angle)))
    return max(0.0, apart - here[2] - there[2])
