"""Erasure: every domain deletes what it knows of an account; the audit chain stays, without its words."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from secmon.accounts import service as accounts
from secmon.audit import service as audit
from secmon.audit.verify import ERASED
from secmon.core.errors import Conflict
from secmon.core.work import Work

Eraser = Callable[[Work, str], None]


class LegalHold(Conflict):
    """What an open case is about is evidence, and is kept until the case is closed."""

    code = "legal_hold"
    title = "A case of this account is open"
    advice = "Close the account's cases first; then ask for the erasure again."


@dataclass(frozen=True, slots=True)
class Erasure:
    """What the composition root knows of the domains above: who deletes what, and what forbids it."""

    erasers: Sequence[Eraser]
    is_held: Callable[[Work, str], bool]


def erase(work: Work, account_id: str, erasure: Erasure) -> None:
    """Deletes the account and all personal data; raises `AccountUnknown` or `LegalHold`."""
    account = accounts.lock(work, account_id)
    if erasure.is_held(work, account_id):
        raise LegalHold
    for eraser in erasure.erasers:
        eraser(work, account_id)
    audit.erase(work, account_id)
    work.session.delete(account)
    audit.record(work, account_id, ERASED)
