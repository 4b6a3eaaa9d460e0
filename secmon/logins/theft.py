"""What a theft leaves to do with logins, once it is over.

What they taught since it began is taken back, and none of before proves anything. Then: is it the owner who
sees to the rest? A device of before says so, or a fresh proof.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import ColumnElement, Select, or_, select, update

from secmon.cases import identity
from secmon.credentials.changes import Change
from secmon.database.work import Work
from secmon.devices import service as devices
from secmon.devices.user_agents import UserAgentReader
from secmon.freezes import recovery
from secmon.freezes.recovery import Recovery
from secmon.logins import profiles, teaching
from secmon.logins.event import LoginOutcome
from secmon.logins.models import PASSED, UNPROVEN, VOID, StoredLogin
from secmon.logins.teaching import MOST_TAKEN_BACK, device_key, login_in
from secmon.risk.assess import Decision
from secmon.risk.profile import Profile, unix_seconds


def take_back(work: Work, account_id: str, since: datetime, reader: UserAgentReader) -> None:
    """No login that happened or came in since then is a habit, nor will be.

    Up to `MOST_TAKEN_BACK` are taken out of the profile one by one. Where there are more, the profile is
    learnt anew from as many of the latest logins before: either way the work is bounded.
    """
    # One that was dated back, and so taught the past, came in since all the same.
    lately = or_(StoredLogin.occurred_at >= since, StoredLogin.received_at >= since)
    profile = profiles.read(work, account_id)
    was_empty = profile.is_empty
    taught = list(work.session.scalars(_latest_learnt(account_id).where(lately).limit(MOST_TAKEN_BACK + 1)))
    if len(taught) > MOST_TAKEN_BACK:
        before = work.session.scalars(_latest_learnt(account_id).where(~lately).limit(MOST_TAKEN_BACK))
        profile = _learnt_anew(profile, list(before), reader)
    else:
        teaching.take_back(profile, taught, reader)
    if profile.is_empty and not was_empty:
        # Nothing is left of its habits. Still it is no new account, whose first device is let in.
        profile.latest = unix_seconds(since)
    profiles.keep(work, account_id, profile)
    work.session.flush()
    # A key that came since may be that of a thief who copied the install: whose phone it is, nobody knows.
    for key in devices.with_other_keys(work, account_id, _keys_shown(work, account_id, ~lately)):
        _disown(work, account_id, key)
    of_account = update(StoredLogin).where(StoredLogin.account_id == account_id)
    # A challenge that is open may be in the thief's hands: a code that arrives late makes nothing good.
    is_open = or_(StoredLogin.challenge.is_(None), StoredLogin.challenge == UNPROVEN)
    let_in = (StoredLogin.outcome == LoginOutcome.SUCCESS, StoredLogin.decision != Decision.DENY)
    for change in (
        of_account.where(StoredLogin.learnt, lately).values(learnt=False),
        of_account.where(~StoredLogin.learnt, is_open, *let_in).values(challenge=VOID),
    ):
        work.session.execute(change.execution_options(synchronize_session=False))


def disown(work: Work, account_id: str, device_key: str) -> None:
    """A report named the device: it is nobody's any more, and held against whoever has it.

    A new phone in a usual network is let in, and who took the owner's may be where the owner is.
    """
    _disown(work, account_id, device_key)
    profile = profiles.read(work, account_id)
    profile.note_taken(device_key, work.now)
    profiles.keep(work, account_id, profile)


def _disown(work: Work, account_id: str, device_key: str) -> None:
    """As if it had never been known; else the new device that it is then would be the usual one."""
    device = work.session.get(devices.Device, (account_id, device_key), populate_existing=True)
    if device is not None:
        profiles.forget_device(work, account_id, device)
    devices.disown(work, account_id, device_key)


def _latest_learnt(account_id: str) -> Select[StoredLogin]:
    learnt = select(StoredLogin).where(StoredLogin.account_id == account_id, StoredLogin.learnt)
    return learnt.order_by(StoredLogin.occurred_at.desc()).with_for_update()


def _keys_shown(work: Work, account_id: str, when: ColumnElement[bool]) -> set[str]:
    """The keys that signed for logins which taught."""
    keys = select(StoredLogin.proven_key).where(
        StoredLogin.account_id == account_id, StoredLogin.learnt, when
    )
    return {key for key in work.session.scalars(keys.distinct()) if key is not None}


def _learnt_anew(profile: Profile, logins: list[StoredLogin], reader: UserAgentReader) -> Profile:
    """A profile of these habits alone; what it holds against sources stays, and that the account is live."""
    fresh = Profile()
    for name in ("live", "failures", "challenges_failed", "reported", "changes"):
        setattr(fresh, name, getattr(profile, name))
    for stored in logins:
        fresh.learn(login_in(stored, reader))
    return fresh


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
