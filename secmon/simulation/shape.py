"""How a simulated wallet is made: its size, its shares of people and habits, its networks."""

from dataclasses import dataclass
from random import Random

COUNTRIES = ("CN", "ID", "DE")


@dataclass(frozen=True, slots=True)
class Shape:
    """Shares are of accounts, rates a day and account unless the name says otherwise."""

    accounts: int = 200
    days: int = 180
    country: str = "CN"
    logins_a_day_median: float = 0.25
    logins_a_day_spread: float = 0.9
    wifi_share: float = 0.55
    office_share: float = 0.4
    vpn_owner_share: float = 0.06
    vpn_flagged_share: float = 0.8
    browser_share: float = 0.25
    family_share: float = 0.05
    two_factor_share: float = 0.05
    new_phone_rate: float = 1 / 500
    migrated_share: float = 0.2
    reinstall_rate: float = 1 / 500
    system_update_rate: float = 1 / 90
    domestic_trip_rate: float = 1 / 90
    foreign_trip_rate: float = 1 / 500
    other_wifi_share: float = 0.02
    typing_error_share: float = 0.04
    late_share: float = 0.01
    duplicate_share: float = 0.01
    ipv6_share: float = 0.1
    prefixes_per_carrier_city: int = 40
    prefixes_per_provider_city: int = 60
    misplaced_share: float = 0.02
    attacked_share: float = 0.5
    hybrid_share: float = 0.2
    country_only_share: float = 0.1
    moved_share: float = 0.01
    crowds: int = 2

    @classmethod
    def drawn(cls, seed: int, accounts: int = 200) -> "Shape":
        """Another wallet: every share and rate is drawn, so that no fit can rely on one."""
        draw = Random(f"shape/{seed}")
        return cls(
            accounts=accounts,
            days=draw.choice((90, 180, 365)),
            country=COUNTRIES[0] if draw.random() < 0.6 else draw.choice(COUNTRIES[1:]),
            logins_a_day_median=draw.uniform(0.1, 0.5),
            logins_a_day_spread=draw.uniform(0.5, 1.2),
            wifi_share=draw.uniform(0.3, 0.75),
            office_share=draw.uniform(0.1, 0.6),
            vpn_owner_share=draw.uniform(0.02, 0.08),
            vpn_flagged_share=draw.uniform(0.3, 1.0),
            browser_share=draw.uniform(0.1, 0.4),
            family_share=draw.uniform(0.0, 0.1),
            two_factor_share=draw.uniform(0.0, 0.1),
            new_phone_rate=1 / draw.uniform(300, 800),
            migrated_share=draw.uniform(0.0, 0.4),
            reinstall_rate=1 / draw.uniform(300, 800),
            system_update_rate=1 / draw.uniform(45, 180),
            domestic_trip_rate=1 / draw.uniform(45, 180),
            foreign_trip_rate=1 / draw.uniform(300, 900),
            other_wifi_share=draw.uniform(0.005, 0.04),
            typing_error_share=draw.uniform(0.01, 0.08),
            ipv6_share=draw.uniform(0.0, 0.3),
            prefixes_per_carrier_city=draw.choice((6, 20, 60, 150)),
            prefixes_per_provider_city=draw.choice((10, 40, 120)),
            misplaced_share=draw.uniform(0.0, 0.05),
            hybrid_share=draw.uniform(0.0, 0.4),
            country_only_share=draw.choice((0.0, 0.0, 0.1, 0.8)),
            moved_share=draw.uniform(0.0, 0.02),
            crowds=max(1, accounts // 100),
        )
