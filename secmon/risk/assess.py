"""The judgement itself: all terms, their sum, the score, the decision."""

from __future__ import annotations

from enum import StrEnum
from math import exp, log

import msgspec

from secmon.risk import habit_evidence, recent_evidence
from secmon.risk.counts import faded_count
from secmon.risk.habit_evidence import elsewhere
from secmon.risk.levels import LEVEL_WEIGHTS, Feature, Level
from secmon.risk.login import Login, Recognition, Tallies
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

# An address may be a whole town's: what others do there denies nobody who gives no other reason.
OTHERS_FAILURES = frozenset({SignalCode.SOURCE_UNDER_SUSPICION})

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


class Assessment(msgspec.Struct, frozen=True):
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
    view = View.of(
        login,
        profile,
        tallies,
        population,
        policy.limits,
        trusted,
        policy.server_side_biometrics,
        policy.phone_codes,
    )
    terms = likelihood_terms(view, policy)
    found = evidence(view)
    terms += [Signal(one.code, one.amount * policy.signals[one.code], one.facts) for one in found]
    if login.account_id in policy.watched_accounts:
        terms.append(Signal(SignalCode.WATCHED_ACCOUNT, policy.signals[SignalCode.WATCHED_ACCOUNT]))
    terms.sort(key=_by_weight)
    return conclude(terms, policy, is_elsewhere=elsewhere(view, found), begins=profile.is_empty)


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


def conclude(
    terms: list[Signal], policy: Policy, *, is_elsewhere: bool = False, begins: bool = False
) -> Assessment:
    """Score, level and decision from the terms of the sum. Of a known device elsewhere the owner is told,
    whatever is decided, and whatever else the policy tells of. `begins`: it is the account's first login.
    """
    log_odds = policy.prior + sum(term.weight for term in terms)
    score = probability(log_odds)
    hostility = _hostility(log_odds, terms, policy.challenge_at, begins=begins)
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


def _hostility(log_odds: float, terms: list[Signal], challenge_at: float, *, begins: bool) -> float:
    """The score without what another handset explains; 0 if nothing looks hostile.

    Other people's failures do, where the login would be asked for proof without them.
    """
    if not any(term.code in HOSTILE_CODES for term in terms):
        return 0.0
    hostile = {term.code for term in terms} & HOSTILE_CODES
    apart = log_odds - sum(term.weight for term in terms if term.code in HANDSET_CODES)
    if hostile == OTHERS_FAILURES:
        others = sum(term.weight for term in terms if term.code in OTHERS_FAILURES)
        if begins or probability(apart - others) < challenge_at:
            return 0.0
    return probability(apart)


def _level(score: float, policy: Policy) -> RiskLevel:
    if score >= policy.challenge_at:
        return RiskLevel.HIGH
    return RiskLevel.MEDIUM if score >= MEDIUM_SHARE * policy.challenge_at else RiskLevel.LOW


def probability(log_odds: float) -> float:
    """The logistic function, without overflow."""
    return 1.0 / (1.0 + exp(-log_odds)) if log_odds > -700 else 0.0


# Unseen mass: how many logins of the population every owner is taken to have made besides their own.
UNSEEN_LOGINS = 1.0

# No term may outweigh everything else: the model is not that sure of itself.
LARGEST_LOG_RATIO = 8.0

# A journey is one fact that network, place, country and rarity all tell. On a handset known by its install,
# being elsewhere counts no further than this, or the longest known owners would be challenged first.
ELSEWHERE_ON_KNOWN_INSTALL = 2.6

# Whoever has got the owner's phone model, or a copy of its id, is not anyone of the population: this share of
# them shows the owner's trait as well, so that showing it speaks for the owner by its logarithm at most. What
# nobody copies is the very address that the owner came from.
COPIED_SHARE: dict[Feature, float] = {Feature.DEVICE: 0.12, Feature.PLACE: 0.15, Feature.NETWORK: 0.1}
_COPIED = {feature: log(share) for feature, share in COPIED_SHARE.items()}

# A browser without an id is known by looks that this share of strangers' have too.
LIKE_A_KNOWN_BROWSER = 0.2
_LIKE_A_KNOWN_BROWSER = log(LIKE_A_KNOWN_BROWSER)

# A browser shares its looks with many: how unusual they are says half of what an install's do.
DEVICE_WITHOUT_INSTALL = 0.5

_DEVICE = Feature.DEVICE
_ELSEWHERE = frozenset({Feature.NETWORK, Feature.PLACE})


def log_ratio(feature: Feature, view: View) -> float:
    """log( p(x | population) / p(x | owner) ) of one feature, 0 if the login has no value for it.

    At each level the owner's probability is (count + a * population's probability) / (logins + a). The ratios
    of the levels that have a value are mixed by their weights.
    """
    profile, population, values, one_login = view.profile, view.population, view.values, view.one_login
    mixed = weights = 0.0
    for level, weight in LEVEL_WEIGHTS[feature]:
        value = values.get(level)
        if value is None:
            continue
        weights += weight
        counts = profile.counts.get(level)
        if counts is None:
            mixed += weight
            continue
        logins = profile.totals[level] / one_login
        ratio = UNSEEN_LOGINS
        shown = counts.get(value)
        if shown is not None:
            ratio += faded_count(shown) / one_login / population.probability(level, value, values)
        mixed += weight * ratio / (logins + UNSEEN_LOGINS)
    return -log(mixed / weights) if weights else 0.0


def bounded(feature: Feature, ratio: float, view: View) -> float:
    """A feature's log-likelihood ratio, no stronger than this login lets it be; its sign stays."""
    if ratio > 0:
        return min(LARGEST_LOG_RATIO, _against(feature, ratio, view))
    return max(-LARGEST_LOG_RATIO, _for(feature, ratio, view))


def _against(feature: Feature, ratio: float, view: View) -> float:
    login = view.login
    if feature in _ELSEWHERE:
        if view.in_trusted_network:
            return 0.0
        if login.named_install and login.on_known_device:
            return min(ratio, ELSEWHERE_ON_KNOWN_INSTALL)
    elif feature is _DEVICE and not login.named_install:
        return ratio * DEVICE_WITHOUT_INSTALL
    return ratio


def _for(feature: Feature, ratio: float, view: View) -> float:
    login = view.login
    if login.on_known_device:
        like_others = feature is _DEVICE and not login.named_install and view.is_new(Level.PREFIX)
        return max(ratio, _LIKE_A_KNOWN_BROWSER) if like_others else ratio
    copied = _COPIED.get(feature)
    if copied is None or not _could_be_copied(feature, view):
        return ratio
    return max(ratio, copied)


def _could_be_copied(feature: Feature, view: View) -> bool:
    """Whether a stranger who is here, on a device that is not known, may well show the owner's trait."""
    login = view.login
    if feature is Feature.NETWORK:
        if login.anonymizer:
            return True
        if view.on_own_address:
            return False
    return login.new_install_of_known_model or login.recognition is Recognition.MISMATCHED
