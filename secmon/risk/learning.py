"""Which logins become habit?"""

from secmon.risk.assess import Assessment, Decision
from secmon.risk.signals import SignalCode


def should_learn(assessment: Assessment, *, success: bool, history: bool, frozen: bool = False) -> bool:
    """A success that was allowed, or came with a proof that was accepted as one, or is accepted history.

    `history`: older than 30 days when it came in, so the wallet has long accepted it. What was only
    challenged teaches nothing: an attacker who tries fifty times is as new the last time as the first. What
    was denied teaches nothing either, whatever it came with; `frozen`, the account's standing, denies all.
    """
    if not success or frozen:
        return False
    if history or assessment.decision is Decision.ALLOW:
        return True
    if assessment.decision is Decision.DENY:
        return False
    return any(signal.code is SignalCode.PROVEN for signal in assessment.signals)
