"""A login that is reported again: the same one, or another under its id?

The same is answered by what holds now (R31), another one is refused. What it was judged stays as it was:
score, signals, recognition. What a wallet acts on does not.
"""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import msgspec
from sqlalchemy import select, tuple_

from secmon.accounts.gate import Standing
from secmon.database.work import Work
from secmon.freezes import service as freezes
from secmon.geo.place import Place
from secmon.logins.account_state import AccountState, FirstReport
from secmon.logins.answer import SECOND_FACTOR
from secmon.logins.event import LoginEvent
from secmon.logins.models import FAILED, PASSED, UNPROVEN, StoredLogin, outcome_of
from secmon.logins.stored import event_of
from secmon.risk.assess import Decision
from secmon.risk.login import Recognition

# A digest holds everything that a judgement rests on.
# 192 bits: who writes an agent string of a login must not find two logins of one digest.
DIGEST_BYTES = 24
JUDGED = (
    *("occurred_at", "outcome", "ip", "user_agent", "failure_reason"),
    *("device_id", "session_id", "channel"),
)
_encoder = msgspec.msgpack.Encoder()


def digest(event: LoginEvent, said: Place | None) -> str:
    """32 characters. `said` is the place in the wallet's own words: what the operator's files add to it may
    be another by the time that the event comes again.

    Only what is said counts, by name: a field that a later release knows changes no digest of before.
    Instants are encoded in UTC, and methods as the set that they are.
    """
    judged: list[Any] = [
        *((name, value) for name in JUDGED if (value := getattr(event, name)) is not None),
        ("amr", sorted(set(event.amr))),
    ]
    if event.proof is not None:
        # By whose key, and not which signature: an app that tries again signs a new nonce.
        judged.append(("proof", event.proof.thumbprint))
    if said is not None:
        told = ((name, getattr(said, name)) for name in Place.__struct_fields__)
        judged += [(name, value) for name, value in told if value is not None and value is not False]
    hashed = hashlib.blake2b(_encoder.encode(judged), digest_size=DIGEST_BYTES).digest()
    return base64.urlsafe_b64encode(hashed).decode()


def alike(event: LoginEvent, stored: LoginEvent) -> bool:
    """The same, as far as a row without a digest tells: its place is not what the wallet said of it."""
    same = all(getattr(event, name) == getattr(stored, name) for name in JUDGED)
    return same and set(event.amr) == set(stored.amr)


Repeated = tuple[LoginEvent, AccountState]


@dataclass(frozen=True, slots=True)
class Now:
    """What holds of a login: its account's standing and what its owner has to do, its challenge, and whether
    it became habit. `over`: a freeze came after it, and ended its sessions.
    """

    standing: str
    required_actions: Sequence[str]
    challenge: str | None
    learnt: bool
    over: bool = False


def as_it_stands(first: str, now: Now) -> dict[str, Any]:
    """The first answer with what holds now written over it. Nothing that was denied is ever allowed."""
    answer: dict[str, Any] = json.loads(first)
    decision = answer["decision"] = _decision(answer["decision"], now)
    if now.challenge == PASSED and now.learnt:
        answer["device"]["recognition"] = Recognition.KNOWN
    asked = [SECOND_FACTOR] if decision == Decision.CHALLENGE else []
    if now.challenge in (PASSED, FAILED, UNPROVEN):
        answer["challenge"] = {"outcome": outcome_of(now.challenge), "proven": now.challenge == PASSED}
    answer["standing"] = now.standing
    answer["required_actions"] = [*asked, *(action for action in now.required_actions if action not in asked)]
    return answer


def _decision(first: str, now: Now) -> str:
    if first == Decision.DENY or now.standing == Standing.FROZEN or now.over or now.challenge == FAILED:
        return Decision.DENY
    # A challenge that was passed and proved nothing leaves the decision as it was.
    return Decision.ALLOW if now.challenge == PASSED and now.learnt else first


def answers(work: Work, repeated: Sequence[Repeated]) -> list[str | None]:
    """The JSON text for each event that was reported before; None where that was another one.

    `AccountState` is what is known at the event's turn. The accounts are locked.
    """
    others = _others(work, repeated)
    last_freezes = freezes.last_freezes(work, {event.account_id for event, _ in repeated})
    return [
        None if index in others else _answer(known, last_freezes.get(event.account_id))
        for index, (event, known) in enumerate(repeated)
    ]


def _answer(known: AccountState, frozen_at: datetime | None) -> str:
    before = _before(known)
    now = Now(
        standing=known.standing,
        required_actions=known.required_actions,
        challenge=before.challenge,
        learnt=before.learnt,
        over=frozen_at is not None and frozen_at >= before.received_at,
    )
    answer = as_it_stands(before.answer, now)
    device = known.memory.device(answer["device"]["device_id"])
    answer["device"]["trusted"] = device is not None and device.trusted
    return msgspec.json.encode(answer).decode()


def _others(work: Work, repeated: Sequence[Repeated]) -> set[int]:
    """Which of them are another event than the one of their id."""
    digests = [(event, _before(known).digest) for event, known in repeated]
    undigested = {(event.account_id, event.event_id) for event, digest in digests if digest is None}
    stored = _stored(work, undigested)
    return {
        index
        for index, (event, digest) in enumerate(digests)
        if not (
            alike(event, stored[event.account_id, event.event_id])
            if digest is None
            else digest == event.digest
        )
    }


def _stored(work: Work, keys: set[tuple[str, str]]) -> dict[tuple[str, str], LoginEvent]:
    """What the release before stored has no digest, and is compared itself."""
    if not keys:
        return {}
    key = tuple_(StoredLogin.account_id, StoredLogin.event_id)
    rows = work.session.scalars(select(StoredLogin).where(key.in_(sorted(keys))))
    return {(row.account_id, row.event_id): event_of(row) for row in rows}


def _before(known: AccountState) -> FirstReport:
    if known.before is None:
        raise LookupError("the event was not reported before")
    return known.before
