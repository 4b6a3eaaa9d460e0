"""What owners lock themselves: tightened at once, loosened slowly and with a factor that is older.

Each lock is a hold without an end. To loosen one is to give it an end, twelve hours from now; until then
any device that the account knows may call it off.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from secmon.accounts import service as accounts
from secmon.accounts.gate import MOVES_MONEY, Action, Standing
from secmon.accounts.service import Account
from secmon.audit import service as audit
from secmon.core.errors import Conflict, FieldError, Forbidden, Invalid
from secmon.core.money import Cap
from secmon.database.work import Work
from secmon.holds import service as holds
from secmon.holds.rules import OWNERS, Trigger
from secmon.holds.service import Hold
from secmon.holds.shown import NEVER
from secmon.outbox import service as outbox
from secmon.outbox.kinds import Kind
from secmon.twofactor import service as twofactor
from secmon.twofactor.verification import FactorProof, Factors, ProofMethod, ProofVerdict, present

LOOSENS_AFTER = timedelta(hours=12)


class ProofRequired(Forbidden):
    """To loosen a lock takes a code of an authenticator that is older than the lock."""

    code = "proof_required"
    title = "Loosening a lock takes a second factor"
    advice = "Send a `code` of the authenticator that was there before the lock."


class FaceToFaceOnly(Conflict):
    """The owner chose that this fence opens in person alone."""

    code = "face_to_face_only"
    title = "This fence opens face to face"
    advice = "Appeal against it; support checks an ID document in person, and a second person decides."


class NothingLoosens(Conflict):
    """No lock is on its way to be loosened."""

    code = "nothing_loosens"
    title = "No lock is being loosened"


@dataclass(frozen=True, slots=True)
class Locks:
    """What an owner wants locked: `off` actions, money that stays (`fence`), and what goes from elsewhere."""

    off: frozenset[Action] = frozenset()
    fence: Cap | None = None
    face_to_face: bool = False
    away: Cap | None = None
    until: datetime | None = None

    def wanted(self) -> Mapping[Trigger, tuple[frozenset[Action], Cap | None]]:
        """The holds that these are."""
        found: dict[Trigger, tuple[frozenset[Action], Cap | None]] = {}
        if self.off:
            found[Trigger.OWNER_LOCK] = (self.off, None)
        if self.fence is not None:
            found[Trigger.OWNER_FENCE] = (MOVES_MONEY, self.fence)
        if self.away is not None:
            found[Trigger.OWNER_AWAY] = (MOVES_MONEY, self.away)
        return found


def locked(work: Work, account_id: str) -> list[Hold]:
    """The owner's locks that hold now, those that are being loosened too."""
    return [hold for hold in holds.live(work, account_id) if hold.trigger in OWNERS]


def put(work: Work, account_id: str, locks: Locks, code: str | None, factors: Factors) -> ProofVerdict | None:
    """The locks are these from now on, or as far as they are looser, from twelve hours from now on.

    A code that was refused is returned. Raises `AccountUnknown`, `AccountFrozen`, `ProofRequired`,
    `FaceToFaceOnly`, and `Invalid` where they would be over by now.
    """
    account = accounts.lock(work, account_id)
    if account.standing == Standing.FROZEN:
        raise accounts.AccountFrozen
    if locks.until is not None and locks.until <= work.now:
        raise Invalid(errors=(FieldError("/until", "Must be in the future"),))
    standing = [hold for hold in locked(work, account_id) if hold.loosened_from is None]
    looser = [hold for hold in standing if not _covers(locks, hold)]
    if any(hold.face_to_face for hold in looser):
        raise FaceToFaceOnly
    refused = _proven(work, account_id, looser, code, factors) if looser else None
    if refused is not None:
        return refused
    _tighten(work, account, locks, [hold for hold in standing if hold not in looser])
    _loosen(work, account, looser)
    return None


def call_off(work: Work, account_id: str) -> None:
    """Nothing is loosened; the caller has seen to it that a known device says so.

    Raises `AccountUnknown`, `NothingLoosens`.
    """
    account = accounts.lock(work, account_id)
    loosened = [hold for hold in locked(work, account_id) if hold.loosened_from is not None]
    if not loosened:
        raise NothingLoosens
    for hold in loosened:
        until, hold.loosened_from = hold.loosened_from, None
        holds.end_at(work, account, hold, until or NEVER)
    audit.record(work, account_id, "locks.kept", facts={"locks": [hold.trigger for hold in loosened]})


def _proven(
    work: Work, account_id: str, looser: Iterable[Hold], code: str | None, factors: Factors
) -> ProofVerdict | None:
    enrolled_at = twofactor.enrolled_at(work, account_id)
    is_older = enrolled_at is not None and all(enrolled_at < hold.begun_at for hold in looser)
    if code is None or not is_older:
        raise ProofRequired
    verdict = present(work, factors, account_id, FactorProof(ProofMethod.TOTP, code))
    return None if verdict.accepted else verdict


def _tighten(work: Work, account: Account, locks: Locks, covered: list[Hold]) -> None:
    """Begins what is not there as it is wanted, in the place of what it covers."""
    for trigger, (actions, cap) in locks.wanted().items():
        former = [hold for hold in covered if hold.trigger == trigger]
        if any(_is_just(hold, actions, cap, locks) for hold in former):
            continue
        until, in_person = locks.until or NEVER, _in_person(trigger, locks)
        made = holds.lock(work, account, trigger, actions, until, cap=cap, face_to_face=in_person)
        # What went under the lock before has gone under this one: else tightening would make room.
        for hold in former:
            made.sums, made.base = dict(hold.sums), dict(hold.base)
            # Nor is it any younger: else whoever tightened it had made a factor of their own the older one.
            made.begun_at = min(made.begun_at, hold.begun_at)
        holds.end(work, account, former, "tightened")


def _loosen(work: Work, account: Account, looser: list[Hold]) -> None:
    if not looser:
        return
    ends = work.now + LOOSENS_AFTER
    for hold in looser:
        hold.loosened_from = hold.until
        holds.end_at(work, account, hold, min(hold.until, ends))
    facts = {"locks": [hold.trigger for hold in looser], "until": ends.isoformat()}
    audit.record(work, account.account_id, "locks.loosened", facts=facts)
    outbox.owe(work, account.account_id, Kind.LOCKS_LOOSENED, {"reason": looser[0].trigger, **facts})


def _covers(locks: Locks, hold: Hold) -> bool:
    """Whether what is wanted stops all that this lock stops, for as long."""
    wanted = locks.wanted().get(Trigger(hold.trigger))
    if wanted is None or (locks.until or NEVER) < hold.until:
        return False
    actions, cap = wanted
    if not set(hold.actions.split()) <= {action.value for action in actions}:
        return False
    if hold.face_to_face and not locks.face_to_face:
        return False
    return hold.cap is None or (cap is not None and _is_as_strict(cap, Cap.of(hold.cap)))


def _is_as_strict(new: Cap, old: Cap) -> bool:
    """Of one kind, in one currency, and not looser; anything else cannot be compared."""
    if (new.keeps, new.currency, new.share is None) != (old.keeps, old.currency, old.share is None):
        return False
    this, that = new.share or new.amount or Decimal(0), old.share or old.amount or Decimal(0)
    return this >= that if new.keeps else this <= that


def _is_just(hold: Hold, actions: frozenset[Action], cap: Cap | None, locks: Locks) -> bool:
    """The lock is there as it is wanted."""
    stored: dict[str, Any] | None = None if cap is None else cap.stored()
    same = (set(hold.actions.split()), hold.cap) == ({*map(str, actions)}, stored)
    in_person = _in_person(Trigger(hold.trigger), locks)
    return same and hold.until == (locks.until or NEVER) and hold.face_to_face == in_person


def _in_person(trigger: Trigger, locks: Locks) -> bool:
    return locks.face_to_face and trigger is Trigger.OWNER_FENCE
