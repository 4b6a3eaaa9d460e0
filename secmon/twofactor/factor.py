"""The second factor of an account as it is read under the lock, and what may be presented for it."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from secmon.database.statements import Row
from secmon.sealing.keyring import KeyRing
from secmon.twofactor.codes import SEED_BYTES, Algorithm, TotpParameters
from secmon.twofactor.recovery import KEY_BYTES


class Method(StrEnum):
    TOTP = "totp"
    RECOVERY_CODE = "recovery_code"


@dataclass(frozen=True, slots=True)
class Proof:
    """What someone presents as the owner: a code of the authenticator, or a recovery code."""

    method: Method
    text: str


@dataclass(frozen=True, slots=True)
class Secrets:
    """What is judged against: `seed` and `recovery_key` sealed, and bound to `account_id`."""

    account_id: str
    seed: bytes
    recovery_key: bytes
    parameters: TotpParameters
    last_step: int


@dataclass(frozen=True, slots=True)
class Factor:
    """`secrets` is None where no factor is enrolled; failures are counted all the same."""

    failures: int = 0
    locked_until: datetime | None = None
    secrets: Secrets | None = None

    @classmethod
    def of(cls, account_id: str, row: Row | None) -> Factor:
        """The factor in a row of `statements.LOCK`, if there is one."""
        if row is None:
            return cls()
        failures, locked_until, seed, recovery_key, algorithm, digits, period, last_step = row
        if seed is None:
            return cls(failures, locked_until)
        parameters = TotpParameters(Algorithm(algorithm), digits, period)
        return cls(failures, locked_until, Secrets(account_id, seed, recovery_key, parameters, last_step))


def seed_context(account_id: str) -> str:
    """What the sealed seed of a factor is bound to."""
    return f"totp:{account_id}"


def recovery_context(account_id: str) -> str:
    """What the sealed key of a set of recovery codes is bound to."""
    return f"recovery:{account_id}"


def enrolment_context(account_id: str) -> str:
    """What the sealed seed of an enrolment is bound to; it must not do for a factor."""
    return f"enrolment:{account_id}"


def decoy(keys: KeyRing, parameters: TotpParameters) -> Secrets:
    """Secrets of nobody: an account without a factor is judged against them, and as slowly (R12)."""
    nobody = ""
    return Secrets(
        account_id=nobody,
        seed=keys.encrypt(secrets.token_bytes(SEED_BYTES), seed_context(nobody)),
        recovery_key=keys.encrypt(secrets.token_bytes(KEY_BYTES), recovery_context(nobody)),
        parameters=parameters,
        last_step=0,
    )
