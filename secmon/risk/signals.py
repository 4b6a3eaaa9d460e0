"""The names of all evidence, and its two shapes: as found, and as weighed."""

from collections.abc import Mapping
from enum import StrEnum
from typing import NamedTuple

Facts = Mapping[str, str | int | float]

NO_FACTS: Facts = {}


class SignalCode(StrEnum):
    """Evidence that a likelihood over one login cannot see. Each has a weight in the policy."""

    NEW_DEVICE = "new_device"
    NEW_INSTALL = "new_install_of_known_model"
    MISMATCHED_DEVICE = "mismatched_device"
    NEW_NETWORK = "new_network"
    NEW_COUNTRY = "new_country"
    STALE_COUNTRY = "stale_country"
    RARE_NETWORK = "rare_network"
    ANONYMIZER = "anonymizer"
    HOSTING_NETWORK = "hosting_network"
    IMPOSSIBLE_TRAVEL = "impossible_travel"
    FAILURES_BEFORE_SUCCESS = "failures_before_success"
    ACCOUNT_UNDER_ATTACK = "account_under_attack"
    SOURCE_UNDER_SUSPICION = "source_under_suspicion"
    SHARED_DEVICE = "shared_device"
    RECENT_RECOVERY = "recent_recovery"
    RECENT_PHONE_CHANGE = "recent_phone_change"
    DORMANT_ACCOUNT = "dormant_account"
    UNUSUAL_HOUR = "unusual_hour"
    AUTOMATION = "automation"
    FAILED_CHALLENGE = "failed_challenge"
    REPORTED_BY_OWNER = "reported_by_owner"
    WATCHED_ACCOUNT = "watched_account"
    TRUSTED_DEVICE = "trusted_device"
    PROVEN = "proven_by_second_factor"


class TermCode(StrEnum):
    """The terms of the likelihood ratio, named by which way they speak."""

    USUAL_NETWORK = "usual_network"
    UNUSUAL_NETWORK = "unusual_network"
    USUAL_DEVICE = "usual_device"
    UNUSUAL_DEVICE = "unusual_device"
    USUAL_CLIENT = "usual_client"
    UNUSUAL_CLIENT = "unusual_client"
    USUAL_PLACE = "usual_place"
    UNUSUAL_PLACE = "unusual_place"


class Evidence(NamedTuple):
    """Something found; `amount` from 0 to 1 says how clearly."""

    code: SignalCode
    amount: float = 1.0
    facts: Facts = NO_FACTS


class Signal(NamedTuple):
    """One term of the sum. `weight` is in log-odds: above 0 it speaks against the owner, below 0 for."""

    code: SignalCode | TermCode
    weight: float
    facts: Facts = NO_FACTS
