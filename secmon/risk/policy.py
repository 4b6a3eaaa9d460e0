"""The policy: one versioned document that says how evidence is weighed and what follows from it."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from functools import cached_property
from ipaddress import ip_address, ip_network
from typing import Any, Self
from zlib import crc32

from secmon.risk import policy_document as document
from secmon.risk.levels import Feature
from secmon.risk.limits import EvidenceLimits
from secmon.risk.signals import SignalCode


@dataclass(frozen=True)
class Policy:
    """`prior` and weights in log-odds, `…_at` in scores. Make one with `from_document`, which validates.

    `server_side_biometrics`: the wallet's own server compares faces and fingers, so that they prove.
    `phone_codes`: what goes to the phone number proves, once that is old enough.
    `notify_sample`: the share of all logins, drawn at random, whose owners are told whatever is decided.
    """

    prior: float
    features: Mapping[Feature, float]
    signals: Mapping[SignalCode, float]
    challenge_at: float
    deny_at: float
    freeze_at: float | None = None
    limits: EvidenceLimits = field(default_factory=EvidenceLimits)
    notify_decisions: frozenset[str] = document.TOLD_DECISIONS
    notify_signals: frozenset[str] = document.TOLD_SIGNALS
    notify_sample: float = 0.0
    watched_accounts: frozenset[str] = frozenset()
    trusted_networks: tuple[str, ...] = ()
    server_side_biometrics: bool = False
    phone_codes: bool = True
    version: int = 0

    @classmethod
    def from_document(cls, given: Mapping[str, Any], version: int = 0) -> Self:
        """The policy that a document describes. Raises PolicyError, which names the wrong field."""
        return cls(**document.read(given), version=version)

    def to_document(self) -> dict[str, Any]:
        """What `from_document` reads back to an equal policy, as plain JSON values."""
        # Said only where it is not as ever: older processes know no such member.
        switches = {"server_side_biometrics": True} if self.server_side_biometrics else {}
        if not self.phone_codes:
            switches["phone_codes"] = False
        sample = {"sample": self.notify_sample} if self.notify_sample else {}
        return {
            "prior": self.prior,
            "features": {str(name): weight for name, weight in self.features.items()},
            "signals": {str(code): weight for code, weight in self.signals.items()},
            "challenge_at": self.challenge_at,
            "deny_at": self.deny_at,
            "freeze_at": self.freeze_at,
            "limits": asdict(self.limits),
            "notify": {
                "decisions": sorted(self.notify_decisions),
                "signals": sorted(self.notify_signals),
                **sample,
            },
            "watched_accounts": sorted(self.watched_accounts),
            "trusted_networks": list(self.trusted_networks),
            **switches,
        }

    def samples(self, account_id: str, event_id: str) -> bool:
        """Whether a login is one of those, drawn without an eye on anything but its name: always the same."""
        return (
            self.notify_sample > 0 and crc32(f"{account_id} {event_id}".encode()) < self.notify_sample * 2**32
        )

    def trusts(self, ip: str | None) -> bool:
        """The address lies in one of the operator's trusted networks."""
        if ip is None or not self.trusted_networks:
            return False
        address = ip_address(ip)
        return any(address in network for network in self._networks)

    @cached_property
    def _networks(self) -> list[Any]:
        return [ip_network(network) for network in self.trusted_networks]
