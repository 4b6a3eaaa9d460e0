"""What a refused proof is answered, wherever a code is asked for; and how often proofs are presented."""

from __future__ import annotations

from prometheus_client import Counter

from secmon.core.errors import DomainError
from secmon.twofactor.guesses import CodeRejected, FactorDisabled, FactorLocked
from secmon.twofactor.verification import ProofOutcome, ProofVerdict

REFUSALS = ("code_rejected", "factor_locked", "factor_disabled", "account_frozen")

# A blocked factor's attempts show here and nowhere else: so guessing stays visible, while nobody can fill the
# audit with it.
ATTEMPTS = Counter(
    "secmon_second_factor_attempts",
    "Codes and recovery codes presented, by what became of them",
    ["method", "reason"],
)


def refusal(verdict: ProofVerdict) -> DomainError | None:
    """What to answer; None where the proof was accepted. Its transaction is over, so it is counted.

    A total match: no outcome is accepted by default.
    """
    ATTEMPTS.labels(verdict.method.value, verdict.reason.value).inc()
    match verdict.outcome:
        case ProofOutcome.ACCEPTED:
            return None
        case ProofOutcome.REJECTED:
            return CodeRejected()
        case ProofOutcome.LOCKED:
            return FactorLocked(verdict.retry_after)
        case ProofOutcome.DISABLED:
            return FactorDisabled()
