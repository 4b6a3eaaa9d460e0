"""The judgement itself: all terms, their sum, the score, the decision."""

from dataclasses import dataclass
from enum import StrEnum
from math import exp

from secmon.risk import habit_evidence, recent_evidence
from secmon.risk.habit_evidence import elsewhere
from secmon.risk.levels import Feature
from secmon.risk.likelihood import bounded, log_ratio
from secmon.risk.login import Login, Tallies
from secmon.risk.policy import Policy
from secmon.risk.population import Population
from secmon.risk.profile import Profile
from secmon.risk.signals import Evidence, Signal, SignalCode, TermCode
from secmon.risk.view import View

DETECTORS = (
    habit_evidence.recognised,
    habit_evidence.trusted,
    habit_evidence.automation,
    habit_evidence.shared,
    habit_evidence.new_network,
    habit_evidence.country,
    habit_evidence.rare_network,
    habit_evidence.anonymizer,
    habit_evidence.hosting_network,
    habit_evidence.impossible_travel,
    habit_evidence.unusual_hour,
    recent_evidence.failures_before_success,
    recent_evidence.account_under_attack,
    recent_evidence.source_under_suspicion,
    recent_evidence.recent_recovery,
    recent_evidence.recent_phone_change,
    recent_evidence.dormant_account,
    recent_evidence.failed_challenge,
    recent_evidence.reported_by_owner,
    recent_evidence.proven,
)

# A login is of medium risk from this share of the score on at which it would be challenged.
MEDIUM_SHARE = 0.75

TERMS: dict[Feature, tuple[TermCode, TermCode]] = {
    Feature.NETWORK: (TermCode.USUAL_NETWORK, TermCode.UNUSUAL_NETWORK),
    Feature.DEVICE: (TermCode.USUAL_DEVICE, TermCode.UNUSUAL_DEVICE),
    Feature.CLIENT: (TermCode.USUAL_CLIENT, TermCode.UNUSUAL_CLIENT),
    Feature.PLACE: (TermCode.USUAL_PLACE, TermCode.UNUSUAL_PLACE),
}

# A strange login asks for proof; only one that looks hostile is denied as well. Owners travel, buy phones and
# use VPNs, all at once if need be, but they do not fail on other people's accounts.
HOSTILE_CODES = frozenset(
    {
        SignalCode.SOURCE_UNDER_SUSPICION,
        SignalCode.REPORTED_BY_OWNER,
        SignalCode.FAILED_CHALLENGE,
        SignalCode.ACCOUNT_UNDER_ATTACK,
        SignalCode.AUTOMATION,
    }
)

# And what another handset alone explains never denies: makers' tools copy the app with its device_id to the
# owner's next phone.
HANDSET_CODES = frozenset(
    {
        SignalCode.NEW_DEVICE,
        SignalCode.NEW_INSTALL,
        SignalCode.MISMATCHED_DEVICE,
        TermCode.UNUSUAL_DEVICE,
        TermCode.UNUSUAL_CLIENT,
    }
)


class Decision(StrEnum):
    ALLOW = "allow"
    CHALLENGE = "challenge"
    DENY = "deny"


class RiskLevel(StrEnum):
    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"


@dataclass(frozen=True, slots=True)
class Assessment:
    """`score` from 0 to 1, `log_odds` the sum behind it, `signals` its terms besides the prior, heaviest
    first.

    `freeze`: the policy lets the service freeze by itself, and this login asks for it. `notify`: the owner is
    to be told. `elsewhere`: a known device where its owner has never been.
    """

    score: float
    log_odds: float
    level: RiskLevel
    decision: Decision
    signals: tuple[Signal, ...]
    freeze: bool
    notify: bool
    policy_version: int
    elsewhere: bool = False


def assess(
    login: Login, profile: Profile, tallies: Tallies, population: Population, policy: Policy
) -> Assessment:
    """How risky is this login, why, and what to do."""
    trusted = policy.trusts(login.ip)
    view = View.of(login, profile, tallies, population, policy.limits, trusted, policy.server_side_biometrics)
    terms = likelihood_terms(view, policy)
    found = evidence(view)
    terms += [Signal(one.code, one.amount * policy.signals[one.code], one.facts) for one in found]
    if login.account_id in policy.watched_accounts:
        terms.append(Signal(SignalCode.WATCHED_ACCOUNT, policy.signals[SignalCode.WATCHED_ACCOUNT]))
    terms.sort(key=_by_weight)
    return conclude(terms, policy, is_elsewhere=elsewhere(view, found))


def _by_weight(term: Signal) -> tuple[float, str]:
    return -abs(term.weight), term.code


def evidence(view: View) -> list[Evidence]:
    """Everything that the detectors find, in their order."""
    return [found for detect in DETECTORS if (found := detect(view)) is not None]


def likelihood_terms(view: View, policy: Policy) -> list[Signal]:
    """The first sum; nothing of a login that has nothing to be compared with."""
    terms = []
    for feature, weight in policy.features.items():
        ratio = bounded(feature, log_ratio(feature, view), view)
        if ratio:
            terms.append(Signal(TERMS[feature][ratio > 0], weight * ratio))
    return terms


def conclude(terms: list[Signal], policy: Policy, *, is_elsewhere: bool = False) -> Assessment:
    """Score, level and decision from the terms of the sum. Of a known device elsewhere the owner is told,
    whatever is decided, and whatever else the policy tells of.
    """
    log_odds = policy.prior + sum(term.weight for term in terms)
    score = probability(log_odds)
    hostility = _hostility(log_odds, terms)
    decision = Decision.ALLOW
    if score >= policy.challenge_at:
        decision = Decision.DENY if hostility >= policy.deny_at else Decision.CHALLENGE
    denied = decision is Decision.DENY
    freeze = denied and policy.freeze_at is not None and hostility >= policy.freeze_at
    told_signals = any(term.code in policy.notify_signals for term in terms)
    notify = is_elsewhere or told_signals or decision in policy.notify_decisions
    level = _level(score, policy)
    return Assessment(
        score, log_odds, level, decision, tuple(terms), freeze, notify, policy.version, is_elsewhere
    )


def _hostility(log_odds: float, terms: list[Signal]) -> float:
    """The score without what another handset explains; 0 if nothing looks hostile."""
    if not any(term.code in HOSTILE_CODES for term in terms):
        return 0.0
    return probability(log_odds - sum(term.weight for term in terms if term.code in HANDSET_CODES))


def _level(score: float, policy: Policy) -> RiskLevel:
    if score >= policy.challenge_at:
        return RiskLevel.HIGH
    return RiskLevel.MEDIUM if score >= MEDIUM_SHARE * policy.challenge_at else RiskLevel.LOW


def probability(log_odds: float) -> float:
    """The logistic function, without overflow."""
    return 1.0 / (1.0 + exp(-log_odds)) if log_odds > -700 else 0.0
