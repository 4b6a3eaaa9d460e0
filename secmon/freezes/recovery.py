"""What an account that was given back after a theft still has to see to: one row until that is done."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import delete

from secmon.core.work import Work
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
    return work.session.get(Recovery, account_id, populate_existing=True)


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


def erase(work: Work, account_id: str) -> None:
    """Deletes what is left to do."""
    work.session.execute(delete(Recovery).where(Recovery.account_id == account_id))


def _end_if_done(work: Work, recovery: Recovery) -> None:
    if not (recovery.password_owed or recovery.enrolment_guarded):
        work.session.delete(recovery)
