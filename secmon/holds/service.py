"""Holds begin, count what goes under their caps, and end. Whoever calls holds the account's lock.

The rows are the record. What the gate needs of those of the whole account stands in the account's own row as
well, as its restrictions: written here and nowhere else, whenever a hold changes.
"""

from __future__ import annotations

import uuid
from collections.abc import Collection, Iterable, Sequence
from datetime import datetime, timedelta

from sqlalchemy import Select, delete, select, update

from secmon.accounts import gate
from secmon.accounts import service as accounts
from secmon.accounts.gate import Action, Restriction
from secmon.accounts.service import Account
from secmon.accounts.tombstones import OUTLIVES
from secmon.audit import service as audit
from secmon.core.errors import Conflict, NotFound
from secmon.core.ids import new_id
from secmon.core.money import Ask, Cap, Moved
from secmon.core.pages import PageRequest
from secmon.database.pages import newest
from secmon.database.work import Work
from secmon.holds import versions
from secmon.holds.models import PAYEES, WHOLE_ACCOUNT, Hold, device, payee
from secmon.holds.rules import OWNERS, Clause, Lift, Trigger
from secmon.holds.shown import told
from secmon.outbox import service as outbox
from secmon.outbox.kinds import Kind

# The row, for whoever is handed it.
__all__ = ["PAYEES", "WHOLE_ACCOUNT", "Hold", "device", "payee"]

# One change of a phone comes in twice, as a report and as a profile; the owner is told once of what it costs.
NO_NEWS = timedelta(hours=1)
LED_LATELY = timedelta(hours=24)


class HoldUnknown(NotFound):
    """No such hold began on this account."""

    code = "hold_unknown"
    title = "This account has no such hold"
    advice = "List the account's holds, and take the hold_id from there."


class HoldOver(Conflict):
    """The hold has ended, by time or otherwise."""

    code = "hold_over"
    title = "The hold is over"
    advice = "Ask the gate again."


def begin(
    work: Work,
    account: Account,
    trigger: Trigger,
    *,
    subject: str = WHOLE_ACCOUNT,
    cause: str | None = None,
    quiet: bool = False,
    former_limit: Cap | None = None,
) -> list[Hold]:
    """What the rules in force want held from now on; unless `quiet` the owner and the wallet are told, once.

    The same again never ends sooner than it would have, nor is its cap any looser. `former_limit` takes the
    place of the rule's cap: the limit that was raised.
    """
    version = versions.in_force(work)
    standing = live(work, account.account_id, {WHOLE_ACCOUNT, subject})
    # Codes of an owner who is told what to do prove nothing.
    led = trigger is Trigger.PAYEE_ADDED and _was_led(work, account.account_id)
    begun: list[Hold] = []
    news: list[Hold] = []
    for number, clause in version.rules.of(trigger):
        # What owners lock themselves says nothing of a thief.
        others = led or any(hold.trigger not in {trigger, *OWNERS} for hold in standing)
        lasts = clause.lasts_with_others if others and clause.lasts_with_others else clause.lasts
        wanted = _made(work, account, trigger, clause, subject=subject, cause=cause, quiet=quiet)
        wanted.clause, wanted.until, wanted.rules_version = number, work.now + lasts, version.version
        wanted.lifted_by = "" if led else wanted.lifted_by
        if former_limit is not None and clause.cap is not None:
            wanted.cap = former_limit.stored()
        hold, is_news = _keep(work, standing, wanted)
        begun.append(hold)
        news += [hold] if is_news and not _was_told(work, account, wanted) else []
    _shown(work, account)
    _tell(work, account, trigger, news)
    return begun


def lock(
    work: Work,
    account: Account,
    trigger: Trigger,
    actions: Iterable[Action],
    until: datetime,
    *,
    cap: Cap | None = None,
    subject: str = WHOLE_ACCOUNT,
    face_to_face: bool = False,
) -> Hold:
    """Begins a hold that no rule knows: the owner's own, or of what the phone tells. Told once."""
    clause = Clause(trigger, tuple(actions), until - work.now, cap)
    wanted = _made(work, account, trigger, clause, subject=subject, cause=None, quiet=False)
    wanted.until, wanted.face_to_face = until, face_to_face
    # Two locks of an owner are two: one may be loosened, and the other not.
    standing = [] if trigger in OWNERS else live(work, account.account_id, {subject})
    hold, is_news = _keep(work, standing, wanted)
    _shown(work, account)
    _tell(work, account, trigger, [hold] if is_news else [])
    return hold


def live(work: Work, account_id: str, subjects: Collection[str] = (WHOLE_ACCOUNT,)) -> list[Hold]:
    """Those that hold now, of the whole account or of these subjects; oldest first."""
    return list(work.session.scalars(_live(work, account_id, subjects)))


def live_on_devices(work: Work, account_id: str) -> list[Hold]:
    """Those that are about one device each, whichever."""
    query = _at_all_live(work, account_id).where(Hold.subject.startswith("device:"))
    return list(work.session.scalars(query))


def get(work: Work, account_id: str, hold_id: uuid.UUID) -> Hold:
    """The hold as it stands; raises `HoldUnknown`."""
    hold = work.session.get(Hold, (account_id, hold_id), populate_existing=True)
    if hold is None:
        raise HoldUnknown
    return hold


def listed(work: Work, account_id: str, wanted: PageRequest, *, ended: bool) -> tuple[list[Hold], str | None]:
    """The account's holds, newest first; those that are over too where `ended`. Raises `AccountUnknown`."""
    accounts.get(work, account_id)
    query = select(Hold).where(Hold.account_id == account_id, Hold.subject != PAYEES)
    if not ended:
        query = query.where(Hold.until > work.now, Hold.ended_at.is_(None))
    return newest(work, query, (Hold.hold_id,), wanted)


def spend(work: Work, account: Account, holds: Sequence[Hold], ask: Ask) -> None:
    """So much went, under the caps of these."""
    for hold in holds:
        if hold.cap is not None:
            moved = Moved(hold.sums, hold.base).after(ask, Cap.of(hold.cap))
            hold.sums, hold.base = dict(moved.sums), dict(moved.base)
    # What may still go is less, and nothing else: a token that was given for something else stays good.
    _shown(work, account, is_new_version=False)


def end(work: Work, account: Account, holds: Iterable[Hold], by: str) -> None:
    """They are over before their time; `by` says how: `older_factor`, `login_proven`, `appeal`, …"""
    for hold in holds:
        if is_live(hold, work.now):
            hold.ended_at, hold.ended_by = work.now, by
            facts = {"trigger": hold.trigger, "by": by}
            audit.record(work, account.account_id, "hold.ended", subject=str(hold.hold_id), facts=facts)
    _shown(work, account)


def end_by(work: Work, account: Account, lift: Lift, cause: str) -> None:
    """A login was proven or vouched for: what began with it, and is lifted so, ends."""
    query = _at_all_live(work, account.account_id).where(Hold.cause == cause)
    lifted = [hold for hold in work.session.scalars(query) if lift in hold.lifted_by.split()]
    if lifted:
        end(work, account, lifted, lift.value)


def end_at(work: Work, account: Account, hold: Hold, until: datetime) -> None:
    """It ends then."""
    hold.until = until
    _shown(work, account)


def is_live(hold: Hold, now: datetime) -> bool:
    """Whether it holds at that instant."""
    return hold.ended_at is None and hold.until > now


def erase(work: Work, account_id: str) -> None:
    """Deletes those that are over, and those that name a device; the rest is kept as the tombstone is."""
    mine, last = Hold.account_id == account_id, work.now + OUTLIVES
    over = (Hold.until <= work.now) | Hold.ended_at.is_not(None) | Hold.subject.startswith("device:")
    work.session.execute(delete(Hold).where(mine, over))
    # An owner's own lock has no end, and whoever comes back under that name later is somebody else.
    work.session.execute(update(Hold).where(mine, Hold.until > last).values(until=last))


def _made(
    work: Work,
    account: Account,
    trigger: Trigger,
    clause: Clause,
    *,
    subject: str,
    cause: str | None,
    quiet: bool,
) -> Hold:
    return Hold(
        account_id=account.account_id,
        hold_id=new_id(work.now),
        trigger=trigger.value,
        clause=0,
        subject=subject,
        actions=" ".join(sorted(action.value for action in clause.actions)),
        cap=None if clause.cap is None else clause.cap.stored(),
        sums={},
        base={},
        begun_at=work.now,
        until=work.now + clause.lasts,
        lifted_by=" ".join(lift.value for lift in clause.lifted_by),
        quiet=quiet,
        face_to_face=False,
        rules_version=versions.SHIPPED,
        cause=cause,
        made_by=work.actor.actor_id,
        made_person=work.actor.person_id,
    )


def _was_led(work: Work, account_id: str) -> bool:
    """Whether somebody led the owner in the last day: callers who are told to wait call again."""
    led = (Hold.account_id == account_id, Hold.trigger == Trigger.ON_CALL, Hold.until > work.now - LED_LATELY)
    return work.session.scalar(select(Hold.hold_id).where(*led).limit(1)) is not None


def _keep(work: Work, standing: Iterable[Hold], wanted: Hold) -> tuple[Hold, bool]:
    """The hold that stands for it, and whether that is news: one of the same kind goes on, never looser."""
    for same in standing:
        if _is_same(same, wanted):
            longer = wanted.until > same.until + NO_NEWS
            is_news = not wanted.quiet and (same.quiet or longer)
            same.until, same.cause = max(same.until, wanted.until), wanted.cause
            same.quiet = same.quiet and wanted.quiet
            same.cap = _stricter(same.cap, wanted.cap)
            # What lifts it has to be older than the first of them, and lift all of them.
            same.lifted_by = " ".join(
                one for one in same.lifted_by.split() if one in wanted.lifted_by.split()
            )
            return same, is_news
    work.session.add(wanted)
    work.session.flush()
    return wanted, not wanted.quiet


def _was_told(work: Work, account: Account, wanted: Hold) -> bool:
    """The release before this one has told of the same: while both run, either may be asked."""
    return any(
        one.hold_id is None and one.reason == wanted.trigger and wanted.until <= one.until + NO_NEWS
        for one in gate.live(account.restrictions, work.now)
    )


def _is_same(one: Hold, other: Hold) -> bool:
    same_kind = (one.trigger, one.subject, one.actions) == (other.trigger, other.subject, other.actions)
    return same_kind and (one.cap is None) == (other.cap is None)


def _stricter(one: dict[str, str] | None, other: dict[str, str] | None) -> dict[str, str] | None:
    if one is None or other is None:
        return None
    return Cap.of(one).stricter(Cap.of(other)).stored()


def _live(work: Work, account_id: str, subjects: Collection[str]) -> Select[Hold]:
    return _at_all_live(work, account_id).where(Hold.subject.in_(sorted(subjects)))


def _at_all_live(work: Work, account_id: str) -> Select[Hold]:
    held = select(Hold).where(Hold.account_id == account_id, Hold.until > work.now, Hold.ended_at.is_(None))
    return held.order_by(Hold.hold_id)


def _shown(work: Work, account: Account, *, is_new_version: bool = True) -> None:
    """The account's row says what holds of it; what the release before wrote there goes on too."""
    work.session.flush()
    written = [one for one in gate.live(account.restrictions, work.now) if one.hold_id is None]
    for hold in live(work, account.account_id):
        written += [_restriction(hold, action) for action in hold.actions.split()]
    account.restrictions = [one.stored() for one in written]
    if is_new_version:
        accounts.bump(account)


def _restriction(hold: Hold, action: str) -> Restriction:
    cap = None if hold.cap is None else Cap.of(hold.cap)
    moved = Moved(hold.sums, hold.base)
    return Restriction(action, hold.until, hold.trigger, hold.quiet, cap, moved, str(hold.hold_id))


def _tell(work: Work, account: Account, trigger: Trigger, news: Sequence[Hold]) -> None:
    """One message for all that begins with one thing."""
    if news:
        outbox.owe(work, account.account_id, Kind.ACCOUNT_RESTRICTED, told(trigger, news))
