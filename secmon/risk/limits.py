"""From where on something counts as evidence: the numbers of the policy's `limits`."""

from collections.abc import Mapping
from dataclasses import dataclass

from secmon.risk.recent import FAILURES_KEPT_PER_NETWORK, NETWORKS_KEPT

# No more other accounts than these are looked at: of a device, of a source.
OTHER_ACCOUNTS_ON_DEVICE = 16
SOURCE_ACCOUNTS = 25

# A limit above what is kept or counted would never be reached: its signal would be off, and nobody told.
LARGEST: Mapping[str, int] = {
    "failures_before_success": FAILURES_KEPT_PER_NETWORK,
    "attacking_networks": NETWORKS_KEPT,
    "suspicious_source_accounts": SOURCE_ACCOUNTS,
    "shared_device_accounts": OTHER_ACCOUNTS_ON_DEVICE + 1,
}


@dataclass(frozen=True, slots=True)
class EvidenceLimits:
    """Names carry the units."""

    travel_speed_kmh: float = 900.0
    travel_distance_km: float = 100.0
    failures_before_success: int = 3
    failures_window_minutes: float = 15.0
    attacking_networks: int = 3
    attack_window_minutes: float = 60.0
    suspicious_source_accounts: int = 5
    shared_device_accounts: int = 5
    credential_change_hours: float = 24.0
    failed_challenge_hours: float = 24.0
    dormant_days: float = 90.0
    stale_country_days: float = 90.0
    rare_network_share: float = 0.0005
