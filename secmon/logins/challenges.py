"""A login is proven, fails its challenge or is denied by its owner, after it was judged.

By a challenge that the wallet tells of, by a second factor of this service, or by its owner's word.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from secmon.accounts import service as accounts
from secmon.accounts.gate import Standing
from secmon.accounts.service import Account
from secmon.alerts.answering import LoginProof
from secmon.audit import service as audit
from secmon.core.errors import Conflict, FieldError, Invalid
from secmon.database.work import Work
from secmon.devices import service as devices
from secmon.devices.user_agents import UserAgentReader
from secmon.logins import profiles, teaching
from secmon.logins.event import LoginOutcome
from secmon.logins.judges import Judges
from secmon.logins.models import FAILED, PASSED, UNPROVEN, StoredLogin
from secmon.logins.repeated import Now, as_it_stands
from secmon.logins.stored import event_of
from secmon.logins.teaching import device_key, locked, login_in
from secmon.risk.assess import Decision
from secmon.risk.proofs import PHONE_METHODS, SIM_IS_NEW_S, proving

# How long after a login something may still prove it.
PROVABLE_FOR = timedelta(hours=24)


class ChallengeSettled(Conflict):
    """The first outcome of a challenge that settles it stands; the same one again is answered as before."""

    code = "challenge_settled"
    title = "The challenge of this login has another outcome already"


class ChallengeExpired(Conflict):
    """A proof settles a login of the last 24 hours: whoever proves something later may be somebody else."""

    code = "challenge_expired"
    title = "This login is too old to be proven"
    advice = "Let the owner log in again, and put the challenge to that login."


class NotChallenged(Conflict):
    """The login did not succeed, or was denied: nothing that its owner does afterwards changes that."""

    code = "not_challenged"
    title = "This login was refused or failed: no challenge can make it good"


@dataclass(frozen=True, slots=True)
class ChallengeResult:
    """What the wallet tells of a challenge; `method` is a name of RFC 8176. `occurred_at` None: just now."""

    outcome: str
    method: str
    occurred_at: datetime | None = None


def settle_challenge(
    work: Work, account_id: str, event_id: str, said: ChallengeResult, judges: Judges
) -> dict[str, Any]:
    """The assessment as it stands after a challenge; the first outcome that settles it stands.

    Passed by what proves nothing, it is recorded and settles nothing: it may still be proven, or fail.
    Raises `EventUnknown`, `NotChallenged`, `ChallengeSettled` where another outcome was told before,
    `ChallengeExpired`, `Invalid` for a time before the login's, and `AccountFrozen`: whoever passes a
    challenge then may have the owner's phone.
    """
    account, stored = locked(work, account_id, event_id)
    if account.standing == Standing.FROZEN:
        raise accounts.AccountFrozen
    if said.occurred_at is not None and said.occurred_at < stored.occurred_at:
        raise Invalid(errors=(FieldError("/occurred_at", "Lies before the login"),))
    if stored.challenge is None:
        if stored.outcome != LoginOutcome.SUCCESS or stored.decision == Decision.DENY:
            raise NotChallenged
    elif stored.challenge != UNPROVEN and stored.challenge_outcome != said.outcome:
        raise ChallengeSettled
    if stored.challenge in (None, UNPROVEN):
        _settle(work, stored, said, judges)
    return _as_settled(account, stored)


def _settle(work: Work, stored: StoredLogin, said: ChallengeResult, judges: Judges) -> None:
    at = said.occurred_at or max(work.now, stored.occurred_at)
    becomes = said.outcome
    if becomes == PASSED and not _proves(work, stored, said.method, at, judges):
        becomes = UNPROVEN
    if becomes == stored.challenge:
        return
    # A failure is evidence, however late it is told.
    if said.outcome == PASSED and not is_timely(stored, at, work.now):
        raise ChallengeExpired
    stored.challenge = becomes
    if becomes == FAILED:
        _hold_against(work, stored, judges)
    elif becomes == PASSED:
        teaching.learn(work, stored, judges.reader)
    facts: dict[str, Any] = {"method": said.method}
    if said.outcome == PASSED:
        facts["proven"] = becomes == PASSED
    audit.record(work, stored.account_id, f"challenge.{said.outcome}", subject=stored.event_id, facts=facts)


def _hold_against(work: Work, stored: StoredLogin, judges: Judges) -> None:
    """Evidence against later logins from there; what this one had taught by then is taken back."""
    profile = profiles.read(work, stored.account_id)
    was_learnt = stored.learnt
    teaching.take_back(profile, [stored], judges.reader)
    profile.note_failed_challenge(login_in(stored, judges.reader))
    profiles.keep(work, stored.account_id, profile)
    if was_learnt and device_key(stored) not in profile.first_seen:
        devices.disown(work, stored.account_id, device_key(stored))


def _proves(work: Work, stored: StoredLogin, method: str, at: datetime, judges: Judges) -> bool:
    """By what the policy in force says of the wallet: who switches a method off means it from then on."""
    policy = judges.policies.in_force(work)
    biometrics, phone_codes = policy.server_side_biometrics, policy.phone_codes
    if not proving((method,), server_side_biometrics=biometrics, phone_codes=phone_codes):
        return False
    return method not in PHONE_METHODS or not _number_is_new(work, stored, at, judges)


def _number_is_new(work: Work, stored: StoredLogin, at: datetime, judges: Judges) -> bool:
    """A code that was sent to a number which an attacker may just have set proves nothing."""
    version = json.loads(stored.assessment)["risk"]["policy_version"]
    limits = judges.policies.at(work, version).limits
    changes = profiles.read(work, stored.account_id).changes
    until = at.timestamp()
    since = until - limits.credential_change_hours * 3600
    return any(
        (since if credential == "phone" else until - SIM_IS_NEW_S) <= changed <= until
        for changed, credential, _ in changes
        if credential in {"phone", "sim"}
    )


def _as_settled(account: Account, stored: StoredLogin) -> dict[str, Any]:
    """The first answer with what the challenge made of it, and what holds of the account now."""
    now = Now(account.standing, list(account.required_actions), stored.challenge, stored.learnt)
    return as_it_stands(stored.assessment, now)


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
