"""A freeze holds here as well (R15): nothing about the second factor moves while an account is frozen."""

from __future__ import annotations

from secmon.accounts import service as accounts
from secmon.accounts.gate import Standing
from secmon.accounts.service import AccountFrozen, AccountUnknown
from secmon.core.work import Work


def refuse_frozen(standing: str) -> None:
    """`standing` was read under the account's lock, so no freeze can commit before what follows does.

    Raises `AccountFrozen`, whatever the code was: it is not judged, so the answer tells nothing of it.
    """
    if standing == Standing.FROZEN:
        raise AccountFrozen


def refuse_to_show_again(work: Work, account_id: str) -> None:
    """Whoever had the account frozen does not want its secrets shown, not even those shown before.

    Raises `AccountFrozen`.
    """
    try:
        account = accounts.lock(work, account_id)
    except AccountUnknown:
        return
    refuse_frozen(account.standing)
