"""Each look of the staff at an account is audited.

Once a person, account and hour.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from datetime import datetime

from secmon.accounts import service as accounts
from secmon.accounts.service import AccountUnknown
from secmon.audit import service as audit
from secmon.core.actor import Actor
from secmon.core.clock import Clock
from secmon.database.work import Work

VIEWED, LISTED = "account.viewed", "accounts.listed"
REMEMBERED = 8_192

_Seen = tuple[str, str | None, datetime]


class Views:
    """`web.viewing.Views`. A process remembers what it stored, so that most reads ask nothing of the
    database; two processes that store the same at once store it twice, which harms nobody.
    """

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._seen: OrderedDict[_Seen, None] = OrderedDict()

    def is_known(self, actor: Actor, account_id: str | None) -> bool:
        with self._lock:
            return self._key(actor, account_id) in self._seen

    def remember(self, actor: Actor, account_id: str | None) -> None:
        """Only once it is committed."""
        with self._lock:
            self._seen[self._key(actor, account_id)] = None
            if len(self._seen) > REMEMBERED:
                self._seen.popitem(last=False)

    def store(self, work: Work, account_id: str | None, operation: str) -> None:
        """An entry, where this hour has none; nothing of an account that nobody ever reported."""
        action = LISTED if account_id is None else VIEWED
        if audit.was_recorded(work, account_id, action, _hour(work.now)):
            return
        if account_id is None or _is_known(work, account_id):
            audit.record(work, account_id, action, facts={"operation": operation})

    def _key(self, actor: Actor, account_id: str | None) -> _Seen:
        return actor.actor_id, account_id, _hour(self._clock())


def _is_known(work: Work, account_id: str) -> bool:
    """Known, or known once: an erased account's record can still be read."""
    try:
        accounts.get(work, account_id)
    except AccountUnknown:
        return audit.has_chain(work, account_id)
    return True


def _hour(now: datetime) -> datetime:
    return now.replace(minute=0, second=0, microsecond=0)
