"""Wrong codes are counted, and block an account's codes for longer each time (RFC 4226 §7.3).

One count an account, whatever was guessed and by whom, and whether there is a factor at all.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import bindparam, delete, exists, literal_column, select, update

from secmon.accounts import service as accounts
from secmon.accounts.locking import IS_THERE
from secmon.audit import service as audit
from secmon.core.errors import Forbidden, Throttled
from secmon.database.statements import Row, Statement
from secmon.database.upsert import insert_for
from secmon.database.work import Work
from secmon.outbox import service as outbox
from secmon.outbox.kinds import Kind
from secmon.twofactor.models import GuessCount, TotpAuthenticator

# NIST SP 800-63B-4 §3.2.2.
BLOCK_EVERY = 5
LONGEST_BLOCK = timedelta(minutes=60)
DISABLE_AFTER = 100

PURGED_AT_ONCE = 1_000
# Far longer than the longest block. A known account's failures are kept with it.
GUESSES_KEPT = timedelta(days=30)

_count = select(GuessCount.failures, GuessCount.locked_until).where(
    GuessCount.account_id == bindparam("account_id")
)
# (failures, locked_until), or no row. Sent behind the account's lock: whoever else verifies for this account
# waits there already. Where there is no account it locks nothing, for something else has to be locked first.
LOCK_IF_KNOWN = Statement(_count.with_for_update().where(IS_THERE))
# The same without an account; sent behind the lock of its audit chain.
LOCK_OF_NOBODY = Statement(_count.with_for_update())
# Parameters that end in `_` belong to writes.
END = Statement(
    update(GuessCount)
    .where(GuessCount.account_id == bindparam("account_id_"))
    .values(failures=0, locked_until=None),
    returns_rows=False,
)


def _count_one(dialect: str) -> Any:
    row = insert_for(dialect, GuessCount).values(
        account_id=bindparam("account_id_"),
        failures=literal_column("1"),
        locked_until=bindparam("locked_until_"),
        failed_at=bindparam("failed_at_"),
    )
    counted = {
        "failures": GuessCount.failures + literal_column("1"),
        "locked_until": row.excluded.locked_until,
        "failed_at": row.excluded.failed_at,
    }
    return row.on_conflict_do_update(index_elements=[GuessCount.account_id], set_=counted)


COUNT = Statement(_count_one, returns_rows=False)


class CodeRejected(Forbidden):
    """The code is wrong, stale or was used before, or there is no second factor: nobody is told which."""

    code = "code_rejected"
    title = "The code was not accepted"
    advice = "Let the owner wait for the authenticator's next code and enter that, or use a recovery code."


class FactorLocked(Throttled):
    """Five straight failures block the authenticator's codes, for longer each time, whoever made them."""

    code = "factor_locked"
    title = "The second factor is blocked for a while"
    advice = "Wait as long as Retry-After says. A recovery code is accepted even now."


class FactorDisabled(Forbidden):
    """A hundred straight failures disable the authenticator until it is enrolled again."""

    code = "factor_disabled"
    title = "The second factor is disabled"
    advice = "Let the owner remove it with a recovery code and enrol again, or call support."


@dataclass(frozen=True, slots=True)
class Guesses:
    """An account's count as it is read under the lock."""

    failures: int = 0
    locked_until: datetime | None = None

    @classmethod
    def of(cls, rows: Sequence[Row]) -> Guesses:
        """Nothing was counted where there is no row."""
        return cls(*rows[0]) if rows else cls()

    @property
    def disabled(self) -> bool:
        return is_disabled(self.failures)

    def wait(self, now: datetime) -> timedelta:
        """How long the block still lasts; nothing, or less, where there is none."""
        return (self.locked_until or now) - now


def block_after(failures: int) -> timedelta | None:
    """The block that the `failures`-th straight failure brings: 1, 2, 4 … 60 minutes, every five."""
    blocks, rest = divmod(failures, BLOCK_EVERY)
    if blocks == 0 or rest:
        return None
    # The exponent is bounded, for a count out of a database may be anything.
    return min(LONGEST_BLOCK, timedelta(minutes=2 ** min(blocks - 1, 6)))


def is_disabled(failures: int) -> bool:
    """Whether only a new enrolment helps."""
    return failures >= DISABLE_AFTER


def lock(work: Work, account_id: str) -> None:
    """Nobody judges or changes a factor of this account meanwhile. The caller holds the account's lock."""
    row = select(GuessCount.account_id).where(GuessCount.account_id == account_id)
    work.session.execute(row.with_for_update())


def begin_anew(work: Work, account_id: str) -> None:
    """A new enrolment ends what was counted before it; the row is there, and locked, from now on."""
    row = insert_for(work.dialect.name, GuessCount).values(account_id=account_id, failures=0)
    ended = {"failures": 0, "locked_until": None}
    work.session.execute(row.on_conflict_do_update(index_elements=[GuessCount.account_id], set_=ended))


def end(work: Work, account_id: str, guesses: Guesses) -> None:
    """The straight failures are over; but only a new enrolment brings a disabled authenticator back."""
    if guesses.failures and not guesses.disabled:
        work.defer(END(account_id_=account_id))


def count(
    work: Work, account_id: str, guesses: Guesses, facts: Mapping[str, Any], *, recorded: bool, told: bool
) -> None:
    """One failure more, the block that it brings, and its record. Every refusal does the same (R12).

    `told`: whether there is an owner of a factor who hears of a block.
    """
    failures = guesses.failures + 1
    block = block_after(failures)
    until = None if block is None else work.now + block
    work.defer(COUNT(account_id_=account_id, locked_until_=until, failed_at_=work.now))
    facts = {**facts, "failures": failures}
    audit.record(work, account_id, "second_factor.rejected", facts=facts, kept=recorded)
    if not told:
        return
    # With the commit, in no round trip of its own: where nobody is told, nothing is quicker (R12).
    if is_disabled(failures):
        work.defer(outbox.owing(work, account_id, Kind.TWO_FACTOR_DISABLED, {"failures": failures}))
    elif until is not None and failures == BLOCK_EVERY:
        # Told once: who goes on guessing must not be able to flood the owner with messages.
        said = {"locked_until": until.isoformat()}
        work.defer(outbox.owing(work, account_id, Kind.TWO_FACTOR_LOCKED, said))


def purge(work: Work) -> int:
    """Deletes some counts of failures at accounts that nobody knows, 30 quiet days after the last one.

    There was no factor to guess, and no count of a factor ends by time. Returns how many.
    """
    # Spelled out, for the index holds only those.
    guessed = GuessCount.failures > literal_column("0")
    old = (guessed, GuessCount.failed_at <= work.now - GUESSES_KEPT)
    has_factor = exists().where(TotpAuthenticator.account_id == GuessCount.account_id)
    query = select(GuessCount.account_id).where(*old, ~accounts.is_known(GuessCount.account_id), ~has_factor)
    query = query.order_by(GuessCount.failed_at).limit(PURGED_AT_ONCE)
    found = work.session.scalars(query.with_for_update(skip_locked=True, of=GuessCount)).all()
    work.session.execute(delete(GuessCount).where(GuessCount.account_id.in_(found), *old))
    return len(found)
