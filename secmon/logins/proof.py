"""A login that was only challenged is proven, or is not: what is learnt, unlearnt and held against it."""

from __future__ import annotations

import json
from typing import Any

from secmon.accounts import service as accounts
from secmon.accounts.gate import Standing
from secmon.accounts.service import Account
from secmon.audit import service as audit
from secmon.core.errors import Conflict, NotFound
from secmon.core.work import Work
from secmon.devices import service as devices
from secmon.devices.recognition import Recognised
from secmon.devices.user_agents import UserAgentReader
from secmon.logins import profiles, statements
from secmon.logins.event import Outcome
from secmon.logins.judgement import login_of
from secmon.logins.models import StoredLogin
from secmon.logins.stored_event import event_of
from secmon.risk.assess import Decision
from secmon.risk.login import Login
from secmon.risk.population import Population
from secmon.risk.recognition import Recognition

PASSED, FAILED = "passed", "failed"


class EventUnknown(NotFound):
    """No login of this id was reported for the account, or it is kept no longer."""

    code = "event_unknown"
    title = "This account has no such login event"


class ChallengeSettled(Conflict):
    """The first outcome of a challenge stands; the same one again is answered as before."""

    code = "challenge_settled"
    title = "The challenge of this login has another outcome already"


class NotChallenged(Conflict):
    """The login did not succeed, or was denied: nothing that its owner does afterwards changes that."""

    code = "not_challenged"
    title = "This login was refused or failed: no challenge can make it good"


def settle_challenge(
    work: Work, account_id: str, event_id: str, outcome: str, method: str, reader: UserAgentReader
) -> dict[str, Any]:
    """The assessment as it stands after a challenge; the first outcome stands.

    Raises `EventUnknown`, `NotChallenged`, `ChallengeSettled` where another outcome was told before, and
    `AccountFrozen`: whoever passes a challenge then may have the owner's phone.
    """
    account, stored = _locked(work, account_id, event_id)
    if account.standing == Standing.FROZEN:
        raise accounts.AccountFrozen
    if stored.challenge is not None:
        if stored.challenge != outcome:
            raise ChallengeSettled
        return _as_settled(account, stored)
    if stored.outcome != Outcome.SUCCESS or stored.decision == Decision.DENY:
        raise NotChallenged
    stored.challenge = outcome
    if outcome == PASSED:
        _learn(work, stored, reader)
    else:
        profile = profiles.read(work, account_id)
        profile.note_failed_challenge(_login(stored, reader))
        profiles.keep(work, account_id, profile)
    audit.record(work, account_id, f"challenge.{outcome}", subject=event_id, facts={"method": method})
    return _as_settled(account, stored)


def prove(work: Work, account_id: str, event_id: str, method: str, reader: UserAgentReader) -> bool:
    """A second factor was verified for this login: its device becomes known and its values are learnt.

    Answers whether the login is proven now: one that failed, was denied or whose challenge failed is not
    made good by it, and while the account is frozen none is. `method` is for the audit.
    Raises `EventUnknown`.
    """
    account, stored = _locked(work, account_id, event_id)
    if account.standing == Standing.FROZEN:
        return False
    if stored.outcome != Outcome.SUCCESS or stored.decision == Decision.DENY:
        return False
    if stored.challenge is None:
        stored.challenge = PASSED
        _learn(work, stored, reader)
        audit.record(work, account_id, "challenge.passed", subject=event_id, facts={"method": method})
    return stored.challenge == PASSED


def owner_says_me(work: Work, account_id: str, event_id: str, reader: UserAgentReader) -> None:
    """The owner answered "it was me": the device is trusted and the login's values are learnt."""
    _, stored = _locked(work, account_id, event_id)
    _learn(work, stored, reader)
    devices.trust(work, account_id, _device_key(stored))


def owner_says_not_me(work: Work, account_id: str, event_id: str, reader: UserAgentReader) -> None:
    """The owner answered "it was not me": device and network are unlearnt and count against others."""
    _, stored = _locked(work, account_id, event_id)
    profile = profiles.read(work, account_id)
    profile.unlearn(_login(stored, reader))
    profiles.keep(work, account_id, profile)
    devices.disown(work, account_id, _device_key(stored))


def _locked(work: Work, account_id: str, event_id: str) -> tuple[Account, StoredLogin]:
    try:
        account = accounts.lock(work, account_id)
    except accounts.AccountUnknown:
        raise EventUnknown from None
    # Locked, for the purge takes no account's lock: what it is deleting now is gone when it is read.
    stored = work.session.get(StoredLogin, (account_id, event_id), with_for_update=True)
    if stored is None:
        raise EventUnknown
    return account, stored


def _learn(work: Work, stored: StoredLogin, reader: UserAgentReader) -> None:
    if stored.learnt:
        return
    stored.learnt = True
    login = _login(stored, reader)
    profile = profiles.read(work, stored.account_id)
    profile.learn(login)
    profiles.keep(work, stored.account_id, profile)
    traits = reader.read(stored.user_agent)
    devices.make_known(work, stored.account_id, _device_key(stored), traits, stored.occurred_at)
    pairs = json.dumps(Population.fold(login), ensure_ascii=False)
    work.defer(
        statements.TO_BE_COUNTED(
            account_id_=stored.account_id, event_id_=stored.event_id, level_values_=pairs
        )
    )


def _login(stored: StoredLogin, reader: UserAgentReader) -> Login:
    device = json.loads(stored.assessment)["device"]
    recognised = Recognised(Recognition(device["recognition"]), device["device_id"])
    event = event_of(stored)
    return login_of(event, reader.read(event.user_agent), recognised, trusted=device["trusted"])


def _device_key(stored: StoredLogin) -> str:
    key: str = json.loads(stored.assessment)["device"]["device_id"]
    return key


def _as_settled(account: Account, stored: StoredLogin) -> dict[str, Any]:
    """The first answer with what the challenge made of it, and what holds of the account now."""
    answer: dict[str, Any] = json.loads(stored.assessment)
    passed = stored.challenge == PASSED
    answer["decision"] = Decision.ALLOW if passed else Decision.DENY
    answer["standing"], answer["required_actions"] = account.standing, list(account.required_actions)
    if passed:
        answer["device"]["recognition"] = Recognition.KNOWN
    return answer
