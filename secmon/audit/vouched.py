"""Did this service write an entry? Its MAC says so, or that it is from before there were MACs."""

from __future__ import annotations

import hmac
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row, exists, select

from secmon.audit import checkpoints, sealing
from secmon.audit.models import AuditKey
from secmon.audit.sealing import MacKey
from secmon.database.work import Work
from secmon.sealing.keyring import KeyRingError


@dataclass(frozen=True, slots=True)
class Vouched:
    """What entries are judged by: the audit's keys, since when each entry needs one, and how far the
    checkpoints reach. `binding_from` None: there is no key yet, and nothing was ever MACed.
    """

    keys: Mapping[uuid.UUID, MacKey]
    binding_from: datetime | None
    reached: datetime | None

    def flaw_of(self, row: Row[*tuple[Any, ...]]) -> str | None:
        """What is wrong with an entry whose hash is right."""
        if row.mac is None:
            return self._unsealed(row)
        key = self.keys.get(row.key_id)
        if key is None or not hmac.compare_digest(key.mac(row.hash), row.mac):
            return "was not written by the service: its MAC is wrong"
        return None

    def _unsealed(self, row: Row[*tuple[Any, ...]]) -> str | None:
        """Old enough to have none, and not dated back: what was there then, the checkpoints know."""
        if self.binding_from is None:
            return None
        if row.occurred_at >= self.binding_from:
            return "was not written by the service: it has no MAC"
        passed = self.reached is not None and row.occurred_at <= self.reached
        if passed and (row.covered is None or row.sequence > row.covered):
            return "was not written by the service: it has no MAC, and was not there when it says that it was"
        return None


def vouched(work: Work) -> Vouched:
    """Raises `KeyRingError` where the audit is sealed, and `work` has no keys that open it."""
    if work.recorder is None:
        if work.session.scalar(select(exists().where(AuditKey.key_id.is_not(None)))):
            raise KeyRingError("the audit is sealed: to prove it takes the key ring")
        return Vouched({}, None, None)
    keys = sealing.opened(work, work.recorder.keys)
    binding_from = min((key.binding_from for key in keys), default=None)
    return Vouched({key.key_id: key for key in keys}, binding_from, checkpoints.reached(work))
