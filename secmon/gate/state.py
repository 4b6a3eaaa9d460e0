"""What the gate reads of an account, behind its lock and in one round trip."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, literal_column, select

from secmon.accounts import gate, locking
from secmon.accounts.gate import Standing
from secmon.accounts.service import AccountUnknown, epoch
from secmon.clients.signing_keys import SIGNING
from secmon.database.rows import Storing
from secmon.database.statements import Statement
from secmon.database.work import Work
from secmon.freezes.service import LAST_FROZEN
from secmon.gate.models import GateRequest
from secmon.gate.question import Question
from secmon.holds import beside, versions
from secmon.holds import service as holds
from secmon.logins.stored import OF_SESSION, SessionLogin

# (whether the gate was asked under that id before,)
_ASKED = Statement(
    select(
        select(literal_column("1"))
        .where(
            GateRequest.account_id == bindparam("account_id"),
            GateRequest.request_id == bindparam("request_id"),
        )
        .exists()
    ),
    one_row=True,
)
STORE = Storing(
    GateRequest,
    (
        *("account_id", "request_id", "digest", "asked", "payee", "asked_at"),
        *("decision", "reasons", "counted"),
    ),
)


@dataclass(frozen=True, slots=True)
class State:
    """The account's row, the login of the session, when it was frozen last, and what else there is.

    `held_beside`: something of a payee or a device holds; `asked_before`: this very request is known;
    `signing`: the key that signs decisions, sealed.
    """

    standing: str
    required_actions: Mapping[str, Any]
    restrictions: Sequence[Mapping[str, Any]]
    version: int
    created_at: datetime
    login: SessionLogin | None
    frozen_at: datetime | None
    held_beside: bool
    asked_before: bool
    rules_version: int
    signing: tuple[str, bytes] | None

    def is_plain(self, now: datetime) -> bool:
        """Nothing holds the account, nothing is required, and nobody asked this before."""
        return (
            self.standing == Standing.ACTIVE
            and not (self.required_actions or self.held_beside or self.asked_before)
            and not gate.live(self.restrictions, now)
        )

    @property
    def epoch(self) -> str:
        return epoch(self.created_at, self.version)


def read(work: Work, account_id: str, question: Question) -> State:
    """Locks the account, and sees what its last holder left. Raises `AccountUnknown`."""
    named = {"account_id": account_id}
    accounts, logins, frozen, held, asked, rules, keys = work.read(
        locking.LOCK_STANDING(**named),
        OF_SESSION(**named, session_id=question.session_id or ""),
        LAST_FROZEN(**named),
        beside.HELD_BESIDE(
            **named, payee=holds.payee(question.payee or ""), payees=holds.PAYEES, now=work.now
        ),
        _ASKED(**named, request_id=question.request_id),
        versions.VERSION(),
        SIGNING(),
    )
    if not accounts:
        raise AccountUnknown
    standing, required, restrictions, version, created_at = accounts[0]
    return State(
        standing,
        required,
        restrictions,
        version,
        created_at,
        SessionLogin(*logins[0]) if logins else None,
        frozen[0][0],
        bool(held[0][0]),
        bool(asked[0][0]),
        rules[0][0],
        keys[0] if keys else None,
    )
