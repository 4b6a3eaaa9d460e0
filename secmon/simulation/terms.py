"""What an assessment's terms were before they were weighed."""

from secmon.risk.assess import TERMS
from secmon.risk.levels import Feature
from secmon.risk.policy import Policy
from secmon.simulation.service import Verdict

FEATURE_OF_TERM = {str(code): feature for feature, codes in TERMS.items() for code in codes}


def log_ratios(verdict: Verdict, policy: Policy) -> dict[str, float]:
    """The log-likelihood ratio of each feature."""
    found = dict.fromkeys(map(str, Feature), 0.0)
    for signal in verdict.judgement.assessment.signals:
        feature = FEATURE_OF_TERM.get(signal.code)
        if feature is not None:
            found[feature] = signal.weight / policy.features[feature]
    return found
