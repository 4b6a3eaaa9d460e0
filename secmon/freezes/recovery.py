"""What an account that was given back after a theft still has to see to: one row until that is done.

It outlives an erasure as long as the tombstone does: whoever erases the account and begins it anew is no more
its owner than before.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import delete, select

from secmon.accounts import service as accounts
from secmon.accounts import tombstones
from secmon.accounts.service import Account
from secmon.database.work import Work
from secmon.freezes.models import Freeze, Recovery

# The row, for whoever is handed it by `of`.
__all__ = ["Recovery"]


def begin(work: Work, freeze: Freeze, suspected_since: datetime) -> None:
    """The freeze is lifted; the caller holds the account's lock. A theft before this one is forgotten."""
    work.session.merge(
        Recovery(
            account_id=freeze.account_id,
            freeze_id=freeze.freeze_id,
            unfrozen_at=work.now,
            suspected_since=suspected_since,
            password_owed=True,
            enrolment_guarded=True,
        )
    )


def of(work: Work, account_id: str) -> Recovery | None:
    """What is left to do, as long as there is something; the caller holds the account's lock."""
    left = work.session.get(Recovery, account_id, populate_existing=True)
    if left is None or not _is_of_another(accounts.get(work, account_id), left):
        return left
    work.session.delete(left)
    return None


def password_changed(work: Work, recovery: Recovery) -> None:
    """The owner has changed the password: from now on a change is judged as anybody's."""
    recovery.password_owed = False
    _end_if_done(work, recovery)


def enrolled(work: Work, account_id: str) -> None:
    """A factor was enrolled, which the guard has let through: from now on that guards itself."""
    recovery = of(work, account_id)
    if recovery is not None:
        recovery.enrolment_guarded = False
        _end_if_done(work, recovery)


def purge(work: Work) -> int:
    """Deletes some of what erased accounts had left to do, once nothing of them is kept; answers how many."""
    account_id = Recovery.account_id
    gone = ~accounts.is_known(account_id), ~tombstones.is_buried(account_id)
    found = work.session.scalars(select(account_id).where(*gone).limit(tombstones.PURGED_AT_ONCE)).all()
    work.session.execute(delete(Recovery).where(account_id.in_(found), *gone))
    return len(found)


def _is_of_another(account: Account, left: Recovery) -> bool:
    """The account was erased so long ago that who comes now is somebody new."""
    return left.unfrozen_at < account.created_at and not account.returned


def _end_if_done(work: Work, recovery: Recovery) -> None:
    if not (recovery.password_owed or recovery.enrolment_guarded):
        work.session.delete(recovery)
