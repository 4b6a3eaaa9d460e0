"""Is this proof right? Pure: the opened secrets against what was presented, as slowly for nobody's (R12)."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from secmon.sealing.keyring import KeyRing
from secmon.twofactor import codes, recovery
from secmon.twofactor.factor import Method, Proof, Secrets, recovery_context, seed_context
from secmon.twofactor.verdict import Reason


@dataclass(frozen=True, slots=True)
class Found:
    """What is spent with an accepted proof: a step, or the digest of a recovery code."""

    reason: Reason
    step: int | None = None
    drift: int | None = None
    digest: bytes | None = None


def judge(secrets: Secrets, unused: Collection[bytes], keys: KeyRing, proof: Proof, now: datetime) -> Found:
    """Raises `KeyRingError` where the secrets were not sealed for this account, or with no key at hand."""
    match proof.method:
        case Method.TOTP:
            seed = keys.decrypt(secrets.seed, seed_context(secrets.account_id))
            judged = codes.judge(seed, proof.text, now, secrets.last_step, secrets.parameters)
            return Found(Reason(judged.finding.value), step=judged.step, drift=judged.drift)
        case Method.RECOVERY_CODE:
            key = keys.decrypt(secrets.recovery_key, recovery_context(secrets.account_id))
            digest = recovery.matching(recovery.digest(key, proof.text), unused)
            return Found(Reason.WRONG if digest is None else Reason.ACCEPTED, digest=digest)
