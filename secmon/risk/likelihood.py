"""The likelihood ratio of a login under the whole population and under its owner.

Freeman, Jain, Dürmuth, Biggio, Giacinto: "Who Are You? A Statistical Approach to Measuring User
Authenticity", NDSS 2016.
"""

from math import log

from secmon.risk.counts import faded_count
from secmon.risk.levels import LEVEL_WEIGHTS, Feature
from secmon.risk.view import View

# Unseen mass: how many logins of the population every owner is taken to have made besides their own.
UNSEEN_LOGINS = 1.0


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
