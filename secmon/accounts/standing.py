"""The gate's answer: one prepared read by the account's key, in the caller's round trip."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from sqlalchemy import bindparam, select

from secmon.accounts import gate
from secmon.accounts.models import Account
from secmon.accounts.service import AccountUnknown
from secmon.database.statements import Statement
from secmon.database.work import Work

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)

_READ = Statement(
    select(
        Account.standing,
        Account.version,
        Account.required_actions,
        Account.restrictions,
        Account.created_at,
    ).where(Account.account_id == bindparam("account_id")),
    one_row=True,
)


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


def look(work: Work, account_id: str, action: gate.Action | None = None) -> Gate:
    """How the account stands now; raises `AccountUnknown`."""
    (rows,) = work.read(_READ(account_id=account_id))
    if not rows:
        raise AccountUnknown
    standing, version, required, stored, created_at = rows[0]
    restrictions = gate.live(stored, work.now)
    ended = len(stored) - len(restrictions)
    return Gate(
        standing=standing,
        version=version,
        tag=f"{(created_at - _EPOCH) // _MICROSECOND:x}.{version}.{ended}",
        restrictions=restrictions,
        required_actions=list(required),
        allowed=None if action is None else gate.allows(action, standing, restrictions, required),
    )
