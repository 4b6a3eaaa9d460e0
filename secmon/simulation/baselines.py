"""What simpler detectors make of the same logins, for comparison."""

from collections import defaultdict

from secmon.risk.levels import Feature
from secmon.simulation.kinds import Honest
from secmon.simulation.service import Verdict

RATIO = "likelihood ratio, network and client"
AGENT = "user agent not seen before"
COUNTRY = "country not seen before"


class Baselines:
    """Scores each login as it comes; values become known once the owner has shown them.

    Honest logins teach whatever was decided about them, which the service is not allowed: the baselines are
    given the better hand.
    """

    def __init__(self) -> None:
        self._shown: dict[str, set[str]] = defaultdict(set)

    def score(self, verdict: Verdict, features: dict[str, float]) -> dict[str, float]:
        """Scores by name of the baseline; `features` are the bare log-likelihood ratios."""
        body = verdict.message.body
        shown = self._shown[body["account_id"]]
        agent, country = body["user_agent"], f"country {body['geo']['country']}"
        scores = {
            RATIO: features[Feature.NETWORK] + features[Feature.CLIENT],
            AGENT: float(bool(shown) and agent not in shown),
            COUNTRY: float(bool(shown) and country not in shown),
        }
        if isinstance(verdict.message.kind, Honest):
            shown.update((agent, country))
        return scores
