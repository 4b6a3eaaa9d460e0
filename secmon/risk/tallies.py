"""What the recent windows of other accounts say about where a login comes from."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Tallies:
    """Distinct other accounts that failed in the 10 minutes before, by source; accounts the device ever
    entered.

    `accounts_on_device` counts this account too.
    """

    failed_accounts_by_ip: int = 0
    failed_accounts_by_network: int = 0
    failed_accounts_by_device: int = 0
    accounts_on_device: int = 0
