"""An account is erased.

Every domain deletes what it knows of it; the audit chain stays, without its words.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from secmon.accounts import service as accounts
from secmon.accounts import tombstones
from secmon.audit import service as audit
from secmon.audit.verify import ERASED
from secmon.core.errors import Conflict, Forbidden
from secmon.database.work import Work
from secmon.web.parts import Part

Eraser = Callable[[Work, str], None]


class LegalHold(Conflict):
    """What an open case is about is evidence, and is kept until the case is closed."""

    code = "legal_hold"
    title = "A case of this account is open"
    advice = "Close the account's cases first; then ask for the erasure again."


class StaffMustAsk(Forbidden):
    """The wallet erases because its owner wants it. Staff ask for it, and another person decides: a clean
    account is what somebody who took it over would like to have."""

    code = "staff_must_ask"
    title = "Staff ask for an erasure, and do not do it"
    advice = "Ask with POST …/erasure and a reason; let a colleague who may approve decide."


@dataclass(frozen=True, slots=True)
class Erasure:
    """What the composition root knows of the domains above: who deletes what, and what forbids it."""

    erasers: Sequence[Eraser]
    is_held: Callable[[Work, str], bool]


ERASURE: Part[Erasure] = Part("erasure")


def erase_for_owner(work: Work, account_id: str, erasure: Erasure) -> None:
    """As `erase`, by whoever speaks for the owner; raises `StaffMustAsk` for others."""
    if not work.actor.speaks_for_owner:
        raise StaffMustAsk
    erase(work, account_id, erasure)


def erase(work: Work, account_id: str, erasure: Erasure) -> None:
    """Deletes the account and all personal data; raises `AccountUnknown` or `LegalHold`.

    What holds the account outlives it for a while: see `tombstones`.
    """
    account = accounts.lock(work, account_id)
    if erasure.is_held(work, account_id):
        raise LegalHold
    for eraser in erasure.erasers:
        eraser(work, account_id)
    audit.erase(work, account_id)
    tombstones.bury(work, account)
    work.session.delete(account)
    audit.record(work, account_id, ERASED)
