"""What is known of an account and decided about it.

Whoever changes an account holds its lock (`lock`, `lock_or_create`) and hands the row in.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from sqlalchemy import ColumnElement, bindparam, literal_column, select
from sqlalchemy.orm import InstrumentedAttribute, aliased

from secmon.accounts import gate
from secmon.accounts.gate import RequiredAction, Standing
from secmon.accounts.locking import AccountUnknown, lock, lock_or_create
from secmon.accounts.models import Account
from secmon.core.errors import Conflict
from secmon.core.money import Ask
from secmon.database.statements import ONE, Statement
from secmon.database.work import Work

# `locking` makes and locks accounts; the row is for whoever is handed it.
__all__ = ["Account", "AccountUnknown", "lock", "lock_or_create"]


class AccountFrozen(Conflict):
    """While an account is frozen, nothing about it changes that a thief could profit from."""

    code = "account_frozen"
    title = "The account is frozen"
    advice = "Work on its case; it is unfrozen there, once the owner has shown who they are."


def get(work: Work, account_id: str) -> Account:
    """The account as it stands; raises `AccountUnknown`."""
    account = work.session.get(Account, account_id)
    if account is None:
        raise AccountUnknown
    return account


def time_zone_of(work: Work, account_id: str) -> str | None:
    """The zone that the wallet told of the owner; None where it told none."""
    return work.session.scalar(select(Account.time_zone).where(Account.account_id == account_id))


def is_known(account_id: ColumnElement[str] | InstrumentedAttribute[str]) -> ColumnElement[bool]:
    """For another domain's query: whether there is an account of the id in that column."""
    known = aliased(Account)
    return select(literal_column("1")).where(known.account_id == account_id).exists()


def set_standing(account: Account, standing: Standing) -> None:
    """Freezes or unfreezes; `freezes` alone decides when."""
    account.standing = standing
    bump(account)


def require_action(work: Work, account: Account, action: str) -> None:
    """The owner has to do `action` (a `RequiredAction`); what was done before now does not count."""
    required = RequiredAction(action)
    account.required_actions = {**account.required_actions, required.value: work.now.isoformat()}
    bump(account)


def fulfil_action(work: Work, account: Account, action: str, happened_at: datetime | None = None) -> bool:
    """Takes a required action away where `happened_at` (default: now) is not before it was required."""
    since = account.required_actions.get(RequiredAction(action).value)
    if since is None or (happened_at or work.now) < datetime.fromisoformat(since):
        return False
    account.required_actions = {name: at for name, at in account.required_actions.items() if name != action}
    bump(account)
    return True


def bump(account: Account) -> None:
    """A new version: what the gate says of this account may have changed."""
    account.version += 1


# What the gate asks: one prepared read by the account's key, in the caller's round trip.
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)

_READ = Statement(
    select(
        Account.standing,
        Account.version,
        Account.required_actions,
        Account.restrictions,
        Account.created_at,
    ).select_from(ONE.outerjoin(Account, Account.account_id == bindparam("account_id"))),
    one_row=True,
)


def epoch(created_at: datetime, version: int) -> str:
    """Another one after whatever changes what an account may do, also where it was erased and begins anew."""
    return f"{(created_at - _EPOCH) // _MICROSECOND:x}.{version}"


@dataclass(frozen=True, slots=True)
class Gate:
    """How an account stands. `allowed` is None where no action was asked about.

    `tag` differs whenever the answer does: a restriction that ends changes the answer without a new
    version of the account, so the tag counts those that have ended too. It begins with when the account
    came into being: one that comes back after its erasure counts its versions from 1 again.
    """

    standing: str
    version: int
    tag: str
    restrictions: list[gate.Restriction]
    required_actions: list[str]
    allowed: bool | None


def look(work: Work, account_id: str, action: gate.Action | None = None, ask: Ask | None = None) -> Gate:
    """How the account stands now, and whether so much may go; raises `AccountUnknown`."""
    ((row,),) = work.read(_READ(account_id=account_id))
    standing, version, required, stored, created_at = row
    if standing is None:
        raise AccountUnknown
    restrictions = gate.live(stored, work.now)
    ended = len(stored) - len(restrictions)
    return Gate(
        standing=standing,
        version=version,
        tag=f"{epoch(created_at, version)}.{ended}",
        restrictions=restrictions,
        required_actions=list(required),
        allowed=None if action is None else gate.allows(action, standing, restrictions, required, ask),
    )
