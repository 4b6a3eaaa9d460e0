"""What the second factor needs besides the account: chosen once, by the composition root."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from secmon.database.work import Work
from secmon.sealing.keyring import KeyRing
from secmon.twofactor.codes import TotpParameters
from secmon.twofactor.factor import Secrets, decoy
from secmon.web.parts import Part

OnProven = Callable[[Work, str, str, str], bool]


@dataclass(frozen=True, slots=True)
class EnrolmentGuard:
    """Who may enrol after a theft, which other rooms know; both are called under the account's lock."""

    may_enrol: Callable[[Work, str], bool]
    on_enrolled: Callable[[Work, str], None]


@dataclass(frozen=True, slots=True)
class Factors:
    """`issuer` and `parameters` are those of new enrolments.

    `on_proven(work, account_id, event_id, method)` is called in the transaction that accepts a proof
    for a login, and answers whether the login is proven now; what it raises undoes the acceptance.
    """

    keys: KeyRing
    issuer: str
    parameters: TotpParameters
    on_proven: OnProven
    guard: EnrolmentGuard
    decoy: Secrets = field(repr=False)

    @classmethod
    def chosen(
        cls,
        keys: KeyRing,
        issuer: str,
        parameters: TotpParameters,
        on_proven: OnProven,
        guard: EnrolmentGuard,
    ) -> Factors:
        """With secrets of nobody, which accounts without a factor are judged against."""
        return cls(keys, issuer, parameters, on_proven, guard, decoy(keys, parameters))


FACTORS: Part[Factors] = Part("factors")
