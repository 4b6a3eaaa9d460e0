"""What a judgement looks at: the login itself, and what other accounts did around it."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

import msgspec


class Recognition(StrEnum):
    """Is this a device that the account is known to use?"""

    FIRST = "first"
    KNOWN = "known"
    UPDATED = "updated"
    NEW = "new"
    MISMATCHED = "mismatched"


# Of the accounts that get in where others fail, so many are looked at: beyond four to one, failing is typing.
ENTERED_PER_FAILED, ENTERED_BESIDES = 4, 16

_NO_OTHER_HANDSET = frozenset({Recognition.KNOWN, Recognition.UPDATED})


class Login(msgspec.Struct, frozen=True):
    """One login as risk sees it. `occurred_at` is aware; degrees and kilometres; None where nobody knows.

    `named_install`: the app named its install; a browser is known by its traits alone, which others share.
    `network` is the /24 (IPv6: /48) of `ip`; `device_key` names the recognised device within its account.
    `like_a_known_browser`: a new install of a browser that looks as one of the account does.
    """

    account_id: str
    occurred_at: datetime
    success: bool
    recognition: Recognition
    ip: str | None = None
    network: str | None = None
    asn: int | None = None
    country: str | None = None
    region: str | None = None
    city: str | None = None
    latitude: float | None = None
    longitude: float | None = None
    accuracy_radius_km: float | None = None
    anonymizer: bool = False
    hosting: bool = False
    device_key: str | None = None
    named_install: bool = False
    brand: str | None = None
    model: str | None = None
    system: str | None = None
    device_class: str | None = None
    client: str | None = None
    client_major: str | None = None
    automation: bool = False
    new_install_of_known_model: bool = False
    like_a_known_browser: bool = False
    trusted_device: bool = False
    amr: tuple[str, ...] = ()
    wrong_password: bool = False

    @property
    def on_known_device(self) -> bool:
        """Recognised, and no other handset than before."""
        return self.recognition in _NO_OTHER_HANDSET


@dataclass(frozen=True, slots=True)
class Tallies:
    """Distinct other accounts in the 10 minutes before, by source: those that failed, and those that got in
    on a device known to be theirs; and how many accounts the device ever entered.

    An account that failed and then got in so has not failed. `accounts_on_device` counts this account too.
    """

    failed_accounts_by_ip: int = 0
    failed_accounts_by_network: int = 0
    failed_accounts_by_device: int = 0
    accounts_on_device: int = 0
    entered_accounts_by_ip: int = 0
    entered_accounts_by_network: int = 0

    @property
    def asks_who_enters(self) -> bool:
        """Somebody failed here, and not so many got in that another one would say anything."""
        failed = max(self.failed_accounts_by_ip, self.failed_accounts_by_network)
        entered = min(self.entered_accounts_by_ip, self.entered_accounts_by_network)
        return failed > 0 and entered < ENTERED_PER_FAILED * failed + ENTERED_BESIDES
