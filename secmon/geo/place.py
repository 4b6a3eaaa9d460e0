"""A place: where an address is, and what is known of its network. The one shape for it everywhere."""

import json
import re
from typing import Self

import msgspec

_encode = msgspec.json.Encoder().encode

# The officially assigned two-letter codes of ISO 3166-1; XK, as GeoIP files write Kosovo.
_CODES = """
    AD AE AF AG AI AL AM AO AQ AR AS AT AU AW AX AZ BA BB BD BE BF BG BH BI BJ BL BM BN BO BQ
    BR BS BT BV BW BY BZ CA CC CD CF CG CH CI CK CL CM CN CO CR CU CV CW CX CY CZ DE DJ DK DM
    DO DZ EC EE EG EH ER ES ET FI FJ FK FM FO FR GA GB GD GE GF GG GH GI GL GM GN GP GQ GR GS
    GT GU GW GY HK HM HN HR HT HU ID IE IL IM IN IO IQ IR IS IT JE JM JO JP KE KG KH KI KM KN
    KP KR KW KY KZ LA LB LC LI LK LR LS LT LU LV LY MA MC MD ME MF MG MH MK ML MM MN MO MP MQ
    MR MS MT MU MV MW MX MY MZ NA NC NE NF NG NI NL NO NP NR NU NZ OM PA PE PF PG PH PK PL PM
    PN PR PS PT PW PY QA RE RO RS RU RW SA SB SC SD SE SG SH SI SJ SK SL SM SN SO SR SS ST SV
    SX SY SZ TC TD TF TG TH TJ TK TL TM TN TO TR TT TV TW TZ UA UG UM US UY UZ VA VC VE VG VI
    VN VU WF WS YE YT ZA ZM ZW XK
"""

COUNTRIES = frozenset(re.findall("[A-Z]{2}", _CODES))


class Place(msgspec.Struct, frozen=True):
    """Where an address is and what is known of its network; from the caller, or from the operator's files.

    Latitude and longitude in degrees, the radius in kilometres. What nobody knows is None.
    """

    country: str | None = None
    region: str | None = None
    city: str | None = None
    latitude: float | None = None
    longitude: float | None = None
    accuracy_radius_km: float | None = None
    asn: int | None = None
    anonymizer: bool = False
    hosting: bool = False

    def to_json(self) -> str:
        """Compact text for a database column; what is unknown is left out."""
        said = ((name, getattr(self, name)) for name in self.__struct_fields__)
        told = {name: value for name, value in said if value is not None and value is not False}
        return _encode(told).decode()

    @classmethod
    def from_json(cls, stored: str) -> Self:
        """The place that `to_json` wrote."""
        return cls(**json.loads(stored))


NOWHERE = Place()
