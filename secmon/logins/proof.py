"""A login is proven, vouched for or denied after it was judged.

By a second factor, or by its owner's word.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from secmon.accounts.gate import Standing
from secmon.alerts.answering import LoginProof
from secmon.audit import service as audit
from secmon.database.work import Work
from secmon.devices import service as devices
from secmon.devices.user_agents import UserAgentReader
from secmon.logins import profiles, teaching
from secmon.logins.event import LoginOutcome
from secmon.logins.models import FAILED, PASSED, UNPROVEN, StoredLogin
from secmon.logins.stored import event_of
from secmon.logins.teaching import device_key, locked, login_in
from secmon.risk.assess import Decision
from secmon.risk.proofs import PHONE_METHODS, proving

# How long after a login something may still prove it.
PROVABLE_FOR = timedelta(hours=24)


def is_timely(stored: StoredLogin, proven_at: datetime, now: datetime) -> bool:
    """Whether a proof of `proven_at` comes soon enough: after the login, and after it was told of."""
    return proven_at - stored.occurred_at <= PROVABLE_FOR and now - stored.received_at <= PROVABLE_FOR


def prove(work: Work, account_id: str, event_id: str, method: str, reader: UserAgentReader) -> bool:
    """A second factor was verified for this login: its device becomes known and its values are learnt.

    Answers whether the login is proven now: one that failed, was denied, whose challenge failed, which its
    owner disowned or which is older than a day is not made good by it, and while the account is frozen none
    is. `method` is for the audit.
    Raises `EventUnknown`.
    """
    account, stored = locked(work, account_id, event_id)
    if account.standing == Standing.FROZEN:
        return False
    if stored.outcome != LoginOutcome.SUCCESS or stored.decision == Decision.DENY:
        return False
    if stored.challenge in (None, UNPROVEN):
        if not is_timely(stored, work.now, work.now):
            return False
        stored.challenge = PASSED
        teaching.learn(work, stored, reader)
        audit.record(work, account_id, "challenge.passed", subject=event_id, facts={"method": method})
    return stored.learnt


def proof_of(work: Work, account_id: str, event_id: str) -> LoginProof:
    """What speaks for a login besides its owner's word, or against it. Raises `EventUnknown`."""
    _, stored = locked(work, account_id, event_id)
    if (
        stored.outcome != LoginOutcome.SUCCESS
        or stored.decision == Decision.DENY
        or stored.challenge == FAILED
    ):
        return LoginProof.REFUSED
    # What went to the number counts for little here: whoever reads the mailbox may have the phone.
    came_with_it = proving(event_of(stored).amr, server_side_biometrics=False) - PHONE_METHODS
    return LoginProof.PROVEN if stored.challenge == PASSED or came_with_it else LoginProof.OPEN


def owner_says_me(work: Work, account_id: str, event_id: str, reader: UserAgentReader) -> None:
    """The owner answered "it was me": the device is trusted and the login's values are learnt."""
    _, stored = locked(work, account_id, event_id)
    teaching.learn(work, stored, reader)
    devices.trust(work, account_id, device_key(stored))


def owner_says_not_me(work: Work, account_id: str, event_id: str, reader: UserAgentReader) -> None:
    """The owner answered "it was not me": all that its device ever taught is taken back, and it is marked."""
    _, stored = locked(work, account_id, event_id)
    profile = profiles.read(work, account_id)
    teaching.take_back(profile, teaching.learnt_on_device(work, stored), reader)
    profile.note_not_me(login_in(stored, reader))
    profiles.keep(work, account_id, profile)
    devices.disown(work, account_id, device_key(stored))
