"""How much likelier is a login under the whole population than under its owner?

Freeman, Jain, Dürmuth, Biggio, Giacinto: "Who Are You? A Statistical Approach to Measuring User
Authenticity", NDSS 2016. And how far one term of it may speak: features are less independent than a sum takes
them to be.
"""

from __future__ import annotations

from math import log

from secmon.risk.counts import faded_count
from secmon.risk.levels import LEVEL_WEIGHTS, Feature, Level
from secmon.risk.view import View

# Unseen mass: how many logins of the population every owner is taken to have made besides their own.
UNSEEN_LOGINS = 1.0

# No term may outweigh everything else: the model is not that sure of itself.
LARGEST_LOG_RATIO = 8.0

# A journey is one fact that network, place, country and rarity all tell. On a handset known by its install,
# being elsewhere counts no further than this, or the longest known owners would be challenged first.
ELSEWHERE_ON_KNOWN_INSTALL = 2.6

# Whoever has got the owner's phone model is not anyone of the population: this share of them shows the
# owner's trait as well, so that showing it speaks for the owner by its logarithm at most. What nobody copies
# is the very address that the owner came from.
COPIED_SHARE: dict[Feature, float] = {Feature.DEVICE: 0.12, Feature.PLACE: 0.15, Feature.NETWORK: 0.009}

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
    copied = COPIED_SHARE.get(feature)
    if copied is None or not view.login.new_install_of_known_model:
        return ratio
    if feature is Feature.NETWORK and view.times_shown(Level.ADDRESS):
        return ratio
    return max(ratio, log(copied))
