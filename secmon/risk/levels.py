"""The features of a login and, for each, the levels to back off through, finest first."""

from enum import StrEnum

from secmon.risk.login import Login


class Level(StrEnum):
    """A column of the profile and of the population. The short texts are stored."""

    ADDRESS = "ip"
    PREFIX = "net"
    ASN = "asn"
    COUNTRY = "cc"
    REGION = "region"
    CITY = "city"
    DEVICE = "dev"
    MODEL = "model"
    SYSTEM = "sys"
    DEVICE_CLASS = "class"
    CLIENT_MAJOR = "app"
    CLIENT = "client"
    EXIT = "exit"
    INSTALL = "ins"


class Feature(StrEnum):
    NETWORK = "network"
    DEVICE = "device"
    CLIENT = "client"
    PLACE = "place"


# How much each level counts in the mixture of its feature. Fixed, not fitted: a feature as a whole is
# weighted by the policy.
LEVEL_WEIGHTS: dict[Feature, tuple[tuple[Level, float], ...]] = {
    Feature.NETWORK: ((Level.ADDRESS, 0.2), (Level.PREFIX, 0.35), (Level.ASN, 0.3), (Level.COUNTRY, 0.15)),
    Feature.DEVICE: (
        (Level.DEVICE, 0.5),
        (Level.MODEL, 0.25),
        (Level.SYSTEM, 0.15),
        (Level.DEVICE_CLASS, 0.1),
    ),
    Feature.CLIENT: ((Level.CLIENT_MAJOR, 0.6), (Level.CLIENT, 0.4)),
    Feature.PLACE: ((Level.CITY, 0.5), (Level.REGION, 0.3), (Level.COUNTRY, 0.2)),
}


# A member that is looked up in its class costs several times a global, and a judgement needs a hundred.
(
    _ADDRESS,
    _PREFIX,
    _ASN,
    _COUNTRY,
    _REGION,
    _CITY,
    _DEVICE,
    _MODEL,
    _SYSTEM,
    _DEVICE_CLASS,
    _CLIENT_MAJOR,
    _CLIENT,
    _EXIT,
    _INSTALL,
) = Level


def values_of(login: Login) -> dict[Level, str]:
    """The value of a login at every level that it has one for."""
    country, region = login.country, login.region
    found: dict[Level, str | None] = {
        _ADDRESS: login.ip,
        _PREFIX: login.network,
        _ASN: None if login.asn is None else str(login.asn),
        _COUNTRY: country,
        # Regions and cities share names across countries, so each carries what it lies in.
        _REGION: f"{country}/{region}" if region else None,
        _CITY: f"{country}/{region or ''}/{login.city}" if login.city else None,
        _DEVICE: login.device_key,
        _MODEL: f"{login.model}|{login.system}" if login.model else None,
        _SYSTEM: login.system,
        _DEVICE_CLASS: login.device_class,
        _CLIENT_MAJOR: f"{login.client} {login.client_major}"
        if login.client and login.client_major
        else None,
        _CLIENT: login.client,
        # No features of its own: how often this owner comes through an exit, and whether the app named its
        # install.
        _EXIT: "anonymizer" if login.anonymizer else "hosting" if login.hosting else None,
        _INSTALL: "named" if login.named_install else None,
    }
    return {level: value for level, value in found.items() if value}
