"""What each piece of evidence is expected to weigh, in log-odds, before any data speaks.

The fit is pulled towards these, and what the simulated wallet never shows stays as it is here.
"""

from secmon.risk.levels import Feature
from secmon.risk.signals import SignalCode

EXPECTED_FEATURES: dict[Feature, float] = {
    Feature.NETWORK: 0.8,
    Feature.DEVICE: 0.5,
    Feature.CLIENT: 0.4,
    Feature.PLACE: 0.4,
}

EXPECTED_SIGNALS: dict[SignalCode, float] = {
    SignalCode.NEW_DEVICE: 2.5,
    SignalCode.NEW_INSTALL: 4.0,
    SignalCode.MISMATCHED_DEVICE: 4.5,
    SignalCode.NEW_NETWORK: 1.0,
    SignalCode.NEW_COUNTRY: 2.0,
    SignalCode.STALE_COUNTRY: 0.7,
    SignalCode.RARE_NETWORK: 0.5,
    SignalCode.ANONYMIZER: 2.0,
    SignalCode.HOSTING_NETWORK: 1.5,
    SignalCode.IMPOSSIBLE_TRAVEL: 4.0,
    SignalCode.FAILURES_BEFORE_SUCCESS: 1.5,
    SignalCode.ACCOUNT_UNDER_ATTACK: 1.5,
    SignalCode.SOURCE_UNDER_SUSPICION: 5.0,
    SignalCode.SHARED_DEVICE: 2.0,
    SignalCode.RECENT_RECOVERY: 4.0,
    SignalCode.RECENT_PHONE_CHANGE: 3.0,
    SignalCode.DORMANT_ACCOUNT: 0.5,
    SignalCode.UNUSUAL_HOUR: 0.5,
    SignalCode.AUTOMATION: 3.0,
    SignalCode.FAILED_CHALLENGE: 3.0,
    SignalCode.REPORTED_BY_OWNER: 5.0,
    SignalCode.WATCHED_ACCOUNT: 1.5,
    SignalCode.TRUSTED_DEVICE: -1.5,
    SignalCode.PROVEN: -5.0,
}

# Whose app has which version is an accident of the simulation: the client may speak for little.
LARGEST_FEATURES: dict[Feature, float] = {Feature.CLIENT: 0.2}

# Simulated attackers do not know the owner's hours and never sleep; real ones are not so easily told by the
# clock.
LARGEST_SIGNALS: dict[SignalCode, float] = {
    SignalCode.UNUSUAL_HOUR: 0.7,
    SignalCode.DORMANT_ACCOUNT: 0.5,
}
