"""What became of a challenge: a login that was only challenged is proven, or counts against others."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from secmon.accounts import service as accounts
from secmon.accounts.gate import Standing
from secmon.accounts.service import Account
from secmon.audit import service as audit
from secmon.core.errors import Conflict
from secmon.core.work import Work
from secmon.devices import service as devices
from secmon.logins import profiles, teaching
from secmon.logins.again import Now, as_it_stands
from secmon.logins.event import Outcome
from secmon.logins.judges import Judges
from secmon.logins.models import FAILED, PASSED, UNPROVEN, StoredLogin
from secmon.logins.teaching import device_key, locked, login_in
from secmon.risk.assess import Decision
from secmon.risk.login import PHONE_METHODS


class ChallengeSettled(Conflict):
    """The first outcome of a challenge stands; the same one again is answered as before."""

    code = "challenge_settled"
    title = "The challenge of this login has another outcome already"


class NotChallenged(Conflict):
    """The login did not succeed, or was denied: nothing that its owner does afterwards changes that."""

    code = "not_challenged"
    title = "This login was refused or failed: no challenge can make it good"


@dataclass(frozen=True, slots=True)
class Settled:
    """What the wallet tells of a challenge; `method` is a name of RFC 8176."""

    outcome: str
    method: str
    occurred_at: datetime


def settle_challenge(
    work: Work, account_id: str, event_id: str, said: Settled, judges: Judges
) -> dict[str, Any]:
    """The assessment as it stands after a challenge; the first outcome stands.

    Passed again, it may still prove what a code to a number that was just changed did not.
    Raises `EventUnknown`, `NotChallenged`, `ChallengeSettled` where another outcome was told before, and
    `AccountFrozen`: whoever passes a challenge then may have the owner's phone.
    """
    account, stored = locked(work, account_id, event_id)
    if account.standing == Standing.FROZEN:
        raise accounts.AccountFrozen
    if stored.challenge is None:
        if stored.outcome != Outcome.SUCCESS or stored.decision == Decision.DENY:
            raise NotChallenged
    elif stored.challenge_outcome != said.outcome:
        raise ChallengeSettled
    if stored.challenge in (None, UNPROVEN):
        _settle(work, stored, said, judges)
    return _as_settled(account, stored)


def _settle(work: Work, stored: StoredLogin, said: Settled, judges: Judges) -> None:
    becomes = said.outcome
    if becomes == PASSED and _went_to_a_new_phone(work, stored, said, judges):
        becomes = UNPROVEN
    if becomes == stored.challenge:
        return
    stored.challenge = becomes
    if becomes == FAILED:
        _hold_against(work, stored, judges)
    elif becomes == PASSED:
        teaching.learn(work, stored, judges.reader)
    facts = {"method": said.method}
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


def _went_to_a_new_phone(work: Work, stored: StoredLogin, said: Settled, judges: Judges) -> bool:
    """A code that was sent to a number which an attacker may just have set proves nothing."""
    if said.method not in PHONE_METHODS:
        return False
    version = json.loads(stored.assessment)["risk"]["policy_version"]
    limits = judges.policies.at(work, version).limits
    changes = profiles.read(work, stored.account_id).changes
    until = said.occurred_at.timestamp()
    since = until - limits.credential_change_hours * 3600
    return any(since <= at <= until for at, credential, _ in changes if credential == "phone")


def _as_settled(account: Account, stored: StoredLogin) -> dict[str, Any]:
    """The first answer with what the challenge made of it, and what holds of the account now."""
    now = Now(account.standing, list(account.required_actions), stored.challenge, stored.learnt)
    return as_it_stands(stored.assessment, now)
