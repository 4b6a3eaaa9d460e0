"""A theft is over: what logins taught since it began is taken back, and none of before proves anything."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ColumnElement, Select, or_, select, update

from secmon.database.work import Work
from secmon.devices import service as devices
from secmon.devices.user_agents import UserAgentReader
from secmon.logins import profiles, teaching
from secmon.logins.event import Outcome
from secmon.logins.models import UNPROVEN, VOID, StoredLogin
from secmon.logins.teaching import MOST_TAKEN_BACK, login_in
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
    for device_key in devices.with_other_keys(work, account_id, _keys_shown(work, account_id, ~lately)):
        _disown(work, account_id, device_key)
    of_account = update(StoredLogin).where(StoredLogin.account_id == account_id)
    # A challenge that is open may be in the thief's hands: a code that arrives late makes nothing good.
    is_open = or_(StoredLogin.challenge.is_(None), StoredLogin.challenge == UNPROVEN)
    let_in = (StoredLogin.outcome == Outcome.SUCCESS, StoredLogin.decision != Decision.DENY)
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
