"""From where on something counts as evidence: the numbers of the policy's `limits`."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Limits:
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
