"""The policy in force and its history: a change is a new version, and no version ever changes."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select

from secmon.audit import service as audit
from secmon.core.errors import NotFound, PreconditionFailed
from secmon.database.upsert import insert_or_ignore
from secmon.database.work import Work
from secmon.policies.documents import checked
from secmon.policies.models import StoredPolicy
from secmon.policies.service import VERSION_IN_FORCE
from secmon.risk.shipped import DEFAULT_POLICY


class VersionUnknown(NotFound):
    """There never was a policy of this version."""

    code = "policy_version_unknown"
    title = "There is no risk policy of this version"
    advice = "Read the policy without a version: the answer holds the highest one."


@dataclass(frozen=True, slots=True)
class Version:
    """One version. The shipped one, 0, was created by nobody."""

    version: int
    document: dict[str, Any]
    created_at: datetime | None = None
    created_by: str | None = None


def in_force(work: Work) -> int:
    """The version that judges now."""
    return work.session.scalar(select(VERSION_IN_FORCE)) or 0


def at(work: Work, version: int) -> Version:
    """Raises `VersionUnknown`."""
    if version == DEFAULT_POLICY.version:
        return Version(version, DEFAULT_POLICY.to_document())
    stored = work.session.get(StoredPolicy, version)
    if stored is None:
        raise VersionUnknown
    return Version(version, json.loads(stored.document), stored.created_at, stored.created_by)


def put(work: Work, document: Mapping[str, Any], upon: int, reason: str | None = None) -> Version:
    """A new version in the place of `upon`, from the next login on.

    Raises `Invalid`, or `PreconditionFailed` where another version has taken that place.
    """
    stored = checked(document)
    version = upon + 1
    row = {"version": version, "document": stored, "created_at": work.now, "created_by": work.actor.actor_id}
    # Whoever comes second waits for the first one's commit here, and then finds the number taken.
    insert = insert_or_ignore(work, StoredPolicy).values(**row).returning(StoredPolicy.version)
    if work.session.scalar(insert) is None:
        raise PreconditionFailed("Another version came into force; read it first.")
    audit.record(work, None, "risk_policy.changed", subject=str(version), reason=reason, facts={"upon": upon})
    return at(work, version)
