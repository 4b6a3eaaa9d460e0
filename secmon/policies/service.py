"""The policies as the login path needs them: by version, each parsed once a process."""

from __future__ import annotations

import json

from sqlalchemy import func, select

from secmon.database.work import Work
from secmon.policies.models import ShadowPolicy, StoredPolicy
from secmon.risk.policy import Policy
from secmon.risk.shipped import DEFAULT_POLICY

# 0 where no policy was ever set: the shipped one is in force.
VERSION_IN_FORCE = select(func.coalesce(func.max(StoredPolicy.version), 0)).scalar_subquery()
# Nothing where no shadow is set.
SHADOW_VERSION = (
    select(func.max(ShadowPolicy.version)).where(ShadowPolicy.ended_at.is_(None)).scalar_subquery()
)


class Policies:
    """A version never changes, so what was read once stays."""

    def __init__(self) -> None:
        self._known: dict[int, Policy] = {0: DEFAULT_POLICY}
        self._shadows: dict[int, Policy] = {}

    def at(self, work: Work, version: int) -> Policy:
        """The policy of `version`, which is in the database or shipped."""
        policy = self._known.get(version)
        if policy is None:
            policy = self._known[version] = _read(work, StoredPolicy, version)
        return policy

    def shadow(self, work: Work, version: int) -> Policy:
        """The shadow policy of `version`, which is in the database."""
        policy = self._shadows.get(version)
        if policy is None:
            policy = self._shadows[version] = _read(work, ShadowPolicy, version)
        return policy

    def in_force(self, work: Work) -> Policy:
        """The policy that judges now."""
        return self.at(work, work.session.scalar(select(VERSION_IN_FORCE)) or 0)


def _read(work: Work, table: type[StoredPolicy] | type[ShadowPolicy], version: int) -> Policy:
    document = work.session.scalars(select(table.document).where(table.version == version)).one()
    return Policy.from_document(json.loads(document), version)
