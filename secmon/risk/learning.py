"""Which logins become habit?"""

from secmon.risk.assess import Assessment, Decision
from secmon.risk.signals import SignalCode


def should_learn(
    assessment: Assessment,
    *,
    success: bool,
    history: bool,
    stale: bool = False,
    copied: bool = False,
    frozen: bool = False,
) -> bool:
    """A success that was allowed, or came with a proof that was accepted as one, or is accepted history.

    `history`: what the wallet accepted before it asked this service, so it teaches whatever it looks like;
    but not what its owner said "not me" of. `stale`: older than 30 days when it came in, and no history.
    What was only challenged teaches nothing: an attacker who tries fifty times is as new the last time as the
    first. What was denied teaches nothing either, whatever it came with; `frozen`, the account's standing,
    denies all. A known device that is elsewhere teaches nothing by being let in, and neither does one that
    its owner has disowned, nor what came with the id of a device that is known by its key (`copied`).
    """
    if not success or frozen:
        return False
    if history:
        return not _found(assessment, SignalCode.REPORTED_BY_OWNER)
    if stale or assessment.decision is Decision.DENY:
        return False
    doubtful = assessment.elsewhere or copied or _is_on_reported_device(assessment)
    if assessment.decision is Decision.ALLOW and not doubtful:
        return True
    return _found(assessment, SignalCode.PROVEN)


def _is_on_reported_device(assessment: Assessment) -> bool:
    return any(
        signal.code is SignalCode.REPORTED_BY_OWNER and signal.facts.get("same") == "device"
        for signal in assessment.signals
    )


def _found(assessment: Assessment, code: SignalCode) -> bool:
    return any(signal.code is code for signal in assessment.signals)
