"""A freeze holds here as well (R15): nothing about the second factor moves while an account is frozen."""

from __future__ import annotations

from secmon.accounts.gate import Standing
from secmon.accounts.service import AccountFrozen


def refuse_frozen(standing: str) -> None:
    """`standing` was read under the account's lock, so no freeze can commit before what follows does.

    Raises `AccountFrozen`, whatever the code was: it is not judged, so the answer tells nothing of it.
    """
    if standing == Standing.FROZEN:
        raise AccountFrozen
