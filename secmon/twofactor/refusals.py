"""What a refused proof is told: one answer for every refusal, so that none of them can be told apart."""

from __future__ import annotations

from secmon.core.errors import DomainError, Forbidden, Throttled
from secmon.twofactor.verdict import Outcome, Verdict


class CodeRejected(Forbidden):
    """The code is wrong, stale or was used before, or there is no second factor: nobody is told which."""

    code = "code_rejected"
    title = "The code was not accepted"
    advice = "Let the owner wait for the authenticator's next code and enter that, or use a recovery code."


class FactorLocked(Throttled):
    """Five straight failures block the authenticator's codes, for longer each time, whoever made them."""

    code = "factor_locked"
    title = "The second factor is blocked for a while"
    advice = "Wait as long as Retry-After says. A recovery code is accepted even now."


class FactorDisabled(Forbidden):
    """A hundred straight failures disable the authenticator until it is enrolled again."""

    code = "factor_disabled"
    title = "The second factor is disabled"
    advice = "Let the owner remove it with a recovery code and enrol again, or call support."


def refusal(verdict: Verdict) -> DomainError | None:
    """What to answer; None where the proof was accepted. A total match: no outcome is accepted by default."""
    match verdict.outcome:
        case Outcome.ACCEPTED:
            return None
        case Outcome.REJECTED:
            return CodeRejected()
        case Outcome.LOCKED:
            return FactorLocked(verdict.retry_after)
        case Outcome.DISABLED:
            return FactorDisabled()
