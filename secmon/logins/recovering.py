"""Is it the owner who sees to what a theft has left to do? A device of before says so, or a fresh proof."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import ColumnElement, select

from secmon.cases import identity
from secmon.credentials.changes import Change
from secmon.database.work import Work
from secmon.devices import service as devices
from secmon.freezes import recovery
from secmon.freezes.recovery import Recovery
from secmon.logins.models import PASSED, StoredLogin
from secmon.logins.teaching import device_key

# So many proven logins are looked at, the latest.
MOST_LOOKED_AT = 100


def may_enrol(work: Work, account_id: str) -> bool:
    """Whether a second factor may be enrolled now; the caller holds the account's lock.

    After a theft that takes an identity check of the last 24 hours, or a login that was proven since on a
    device which was the owner's before. The thief has the password and perhaps the SIM, and neither of these.
    """
    left = recovery.of(work, account_id)
    if left is None or not left.enrolment_guarded or identity.is_identified(work, account_id):
        return True
    proven = (device_key(login) for login in _proven_since(work, left))
    return devices.any_known_before(work, account_id, proven, left.suspected_since)


def is_owners_change(work: Work, account_id: str, change: Change) -> bool:
    """Whether a password change is the owner's doing, as far as a theft has left that open; remembers it.

    The change has not been dated ahead, and the account's lock is held.
    """
    left = recovery.of(work, account_id)
    if left is None or not left.password_owed:
        return True
    # Done before the account was given back, it may have been the thief's.
    if change.occurred_at < left.unfrozen_at or not _speaks_for_owner(work, left, change):
        return False
    recovery.password_changed(work, left)
    return True


def _speaks_for_owner(work: Work, left: Recovery, change: Change) -> bool:
    if change.case_id is not None:
        # Whoever recorded the change has looked that its identity check is good.
        return True
    if change.login_event_id is not None:
        in_session = StoredLogin.event_id == change.login_event_id
        if any(_proven_since(work, left, in_session)):
            return True
    if change.device_id is None:
        return False
    if devices.any_known_before(work, left.account_id, [change.device_id], left.suspected_since, by_id=True):
        return True
    on_install = StoredLogin.device_id == change.device_id
    # A copied install shares its id with the device that was proven: the key decides.
    return any(device_key(login) == change.device_id for login in _proven_since(work, left, on_install))


def _proven_since(work: Work, left: Recovery, *which: ColumnElement[bool]) -> Iterable[StoredLogin]:
    """The latest logins that came in since the unfreeze and whose challenge was passed."""
    query = (
        select(StoredLogin)
        .where(StoredLogin.account_id == left.account_id, StoredLogin.received_at > left.unfrozen_at)
        .where(StoredLogin.challenge == PASSED, StoredLogin.learnt, *which)
        .order_by(StoredLogin.occurred_at.desc())
        .limit(MOST_LOOKED_AT)
    )
    return work.session.scalars(query)
