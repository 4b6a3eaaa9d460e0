"""TOTP: is this the code that the owner's app shows? RFC 6238 over RFC 4226, in constant time."""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

import pyotp
from sqlalchemy import bindparam, select, update

from secmon.database.statements import Row, Statement
from secmon.sealing.keyring import KeyRing
from secmon.twofactor.models import TotpAuthenticator

# RFC 6238 §5.2: the current step, and one back for the way of the code. A code from the future is none.
ACCEPTED_STEPS = (0, -1)
# Where a clock that is off is looked for. That a code matches there is noted, and never accepted.
DRIFT_STEPS = 10
SEED_BYTES = 20  # RFC 4226 §4 R6: 160 bits

# (seed, algorithm, digits, period, last_step), or no row. Sent behind the lock of the count.
READ = Statement(
    select(
        TotpAuthenticator.seed,
        TotpAuthenticator.algorithm,
        TotpAuthenticator.digits,
        TotpAuthenticator.period,
        TotpAuthenticator.last_step,
    ).where(TotpAuthenticator.account_id == bindparam("account_id"))
)
# A step is accepted: it and those before it are spent. Parameters that end in `_` belong to writes.
SPEND = Statement(
    update(TotpAuthenticator)
    .where(TotpAuthenticator.account_id == bindparam("account_id_"))
    .values(last_step=bindparam("last_step_")),
    returns_rows=False,
)


class Algorithm(StrEnum):
    SHA1 = "SHA1"
    SHA256 = "SHA256"


_DIGESTS: dict[Algorithm, Callable[..., Any]] = {
    Algorithm.SHA1: hashlib.sha1,
    Algorithm.SHA256: hashlib.sha256,
}


@dataclass(frozen=True, slots=True)
class TotpParameters:
    """What an authenticator was told at its enrolment; `period` in seconds.

    The defaults are what every authenticator app supports; some ignore anything else.
    """

    algorithm: Algorithm = Algorithm.SHA1
    digits: int = 6
    period: int = 30


@dataclass(frozen=True, slots=True)
class TotpSecret:
    """What a code is judged against; `seed` is sealed, and bound to `account_id`."""

    account_id: str
    seed: bytes
    parameters: TotpParameters
    last_step: int

    @classmethod
    def of(cls, account_id: str, rows: Sequence[Row]) -> TotpSecret | None:
        """The one in the rows of `READ`, if there is one."""
        for seed, algorithm, digits, period, last_step in rows:
            parameters = TotpParameters(Algorithm(algorithm), digits, period)
            return cls(account_id, seed, parameters, last_step)
        return None

    def judge(self, keys: KeyRing, code: str, now: datetime) -> Judged:
        """Raises `KeyRingError` where the seed was not sealed for this account, or with no key at hand."""
        seed = keys.decrypt(self.seed, seed_context(self.account_id))
        return judge(seed, code, now, self.last_step, self.parameters)


class Finding(StrEnum):
    ACCEPTED = "accepted"
    WRONG = "wrong"
    REPLAYED = "replayed"
    OUT_OF_SYNC = "out_of_sync"


@dataclass(frozen=True, slots=True)
class Judged:
    """`step` is the accepted step; `drift` how many steps the authenticator's clock seems to be off."""

    finding: Finding
    step: int | None = None
    drift: int | None = None


def seed_context(account_id: str) -> str:
    """What the sealed seed of an authenticator is bound to."""
    return f"totp:{account_id}"


def enrolment_context(account_id: str) -> str:
    """What the sealed seed of an enrolment is bound to; it must not do for an authenticator."""
    return f"enrolment:{account_id}"


def decoy(keys: KeyRing, parameters: TotpParameters) -> TotpSecret:
    """Nobody's: a code for an account without an authenticator is judged against it, and as slowly (R12)."""
    nobody = ""
    seed = keys.encrypt(secrets.token_bytes(SEED_BYTES), seed_context(nobody))
    return TotpSecret(nobody, seed, parameters, last_step=0)


def step_at(now: datetime, parameters: TotpParameters) -> int:
    """The number of whole periods since 1970 (RFC 6238 §4.2)."""
    return int(now.timestamp()) // parameters.period


def code_at(seed: bytes, step: int, parameters: TotpParameters) -> str:
    """The code of one step (RFC 4226 §5.3)."""
    return _generator(seed, parameters).at(step)


def judge(seed: bytes, code: str, now: datetime, last_step: int, parameters: TotpParameters) -> Judged:
    """Whether `code` (ASCII digits) is of the current step or the one before, and of a later one than
    `last_step`, the step that was accepted last."""
    current = step_at(now, parameters)
    offset = _matching_offset(seed, code, current, ACCEPTED_STEPS, parameters)
    if offset is not None and current + offset > last_step:
        return Judged(Finding.ACCEPTED, step=current + offset)
    # Every refusal computes the same codes, so that none of them takes longer than another (R12).
    off = (drift for drift in range(-DRIFT_STEPS, DRIFT_STEPS + 1) if drift not in ACCEPTED_STEPS)
    drift = _matching_offset(seed, code, current, off, parameters)
    if offset is not None:
        return Judged(Finding.REPLAYED)
    if drift is not None:
        return Judged(Finding.OUT_OF_SYNC, drift=drift)
    return Judged(Finding.WRONG)


def _matching_offset(
    seed: bytes, code: str, current: int, offsets: Iterable[int], parameters: TotpParameters
) -> int | None:
    """The first of `offsets` whose code this is; all are computed, and compared in constant time."""
    generator = _generator(seed, parameters)
    matching = [
        offset
        for offset in offsets
        if hmac.compare_digest(generator.at(current + offset).encode(), code.encode())
    ]
    return matching[0] if matching else None


def _generator(seed: bytes, parameters: TotpParameters) -> pyotp.HOTP:
    secret = base64.b32encode(seed).decode()
    return pyotp.HOTP(secret, digits=parameters.digits, digest=_DIGESTS[parameters.algorithm])
