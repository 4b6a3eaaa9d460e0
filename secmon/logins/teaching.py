"""What a stored login teaches afterwards, and how that is taken back.

Under its account's lock.
"""

from __future__ import annotations

import json
from collections.abc import Iterable

from sqlalchemy import select

from secmon.accounts import service as accounts
from secmon.accounts.service import Account
from secmon.core.errors import NotFound
from secmon.database.work import Work
from secmon.devices import service as devices
from secmon.devices.recognition import Recognised
from secmon.devices.user_agents import UserAgentReader
from secmon.holds import service as holds
from secmon.holds.rules import Lift, Trigger
from secmon.logins import profiles
from secmon.logins.judgement import login_of
from secmon.logins.models import StoredLogin
from secmon.logins.statements import next_turn
from secmon.logins.stored import event_of
from secmon.risk.login import Login, Recognition
from secmon.risk.profile import Profile

# So many logins of a device are taken back, the latest: hundreds of days, at several a day.
MOST_TAKEN_BACK = 1_000


class EventUnknown(NotFound):
    """No login of this id was reported for the account, or it is kept no longer."""

    code = "event_unknown"
    title = "This account has no such login event"


def locked(work: Work, account_id: str, event_id: str) -> tuple[Account, StoredLogin]:
    """The account and its login, both locked; raises `EventUnknown`."""
    try:
        account = accounts.lock(work, account_id)
    except accounts.AccountUnknown:
        raise EventUnknown from None
    # Locked, for the purge takes no account's lock: what it is deleting now is gone when it is read.
    stored = work.session.get(StoredLogin, (account_id, event_id), with_for_update=True)
    if stored is None:
        raise EventUnknown
    return account, stored


def learn(work: Work, stored: StoredLogin, reader: UserAgentReader) -> None:
    """The login is proven, or its owner vouches for it: it becomes habit, its device known; once.

    What was held because of it alone ends; a device that is new begins a hold of its own.
    """
    account = accounts.lock(work, stored.account_id)
    holds.end_by(work, account, Lift.LOGIN_PROVEN, stored.event_id)
    if stored.learnt:
        return
    stored.learnt = True
    login = login_in(stored, reader)
    profile = profiles.read(work, stored.account_id)
    profile.learn(login)
    profiles.keep(work, stored.account_id, profile)
    traits = reader.read(stored.user_agent)
    is_new = devices.make_known(
        work, stored.account_id, device_key(stored), traits, stored.occurred_at, stored.proven_key
    )
    if is_new and login.recognition is not Recognition.FIRST:
        holds.begin(work, account, Trigger.NEW_DEVICE, cause=stored.event_id)
    if stored.turn is None:
        # One that was learnt before and taken back is counted, or will be.
        stored.turn = next_turn(work.dialect.name)


def learnt_on_device(work: Work, stored: StoredLogin) -> list[StoredLogin]:
    """The latest learnt logins of the device of `stored`, as far as they are kept."""
    # A copied install shares its id with the owner's own phone, and browsers have none: the key decides.
    same_install = StoredLogin.device_id.is_not_distinct_from(stored.device_id)
    query = (
        select(StoredLogin)
        .where(StoredLogin.account_id == stored.account_id, StoredLogin.learnt, same_install)
        .order_by(StoredLogin.occurred_at.desc())
        .limit(MOST_TAKEN_BACK)
        .with_for_update()
    )
    key = device_key(stored)
    return [other for other in work.session.scalars(query) if device_key(other) == key]


def take_back(profile: Profile, logins: Iterable[StoredLogin], reader: UserAgentReader) -> None:
    """What these logins taught the owner's profile is no habit any more. The population keeps its count."""
    for stored in logins:
        if stored.learnt:
            profile.take_back(login_in(stored, reader))
            stored.learnt = False


def login_in(stored: StoredLogin, reader: UserAgentReader) -> Login:
    """The login as it was judged."""
    device = json.loads(stored.assessment)["device"]
    recognised = Recognised(Recognition(device["recognition"]), device["device_id"])
    event = event_of(stored)
    return login_of(event, reader.read(event.user_agent), recognised, trusted=device["trusted"])


def device_key(stored: StoredLogin) -> str:
    """The device that it was recognised as."""
    key: str = json.loads(stored.assessment)["device"]["device_id"]
    return key
