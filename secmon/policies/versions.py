"""The policy in force and its history: a change is a new version, and no version ever changes."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select

from secmon.audit import service as audit
from secmon.core.errors import FieldError, Invalid, NotFound, PreconditionFailed
from secmon.database.upsert import insert_or_ignore
from secmon.database.work import Work
from secmon.policies.documents import checked
from secmon.policies.models import StoredPolicy
from secmon.policies.service import VERSION_IN_FORCE
from secmon.risk import shipped
from secmon.risk.policy import Policy
from secmon.risk.shipped import DEFAULT_POLICY, WEIGHING

# More changes of a policy than anybody makes in a month.
MOST_COMPARED = 200


class VersionUnknown(NotFound):
    """There never was a policy of this version."""

    code = "policy_version_unknown"
    title = "There is no risk policy of this version"
    advice = "Read the policy without a version: the answer holds the highest one."


@dataclass(frozen=True, slots=True)
class Version:
    """One version. The shipped one, 0, was created by nobody.

    `preset`: the shipped policy that it was made from by name; `preset_current`: whether it judges as the one
    that this release ships under the name. `budget`: the basis of its threshold, where that came from one.
    """

    version: int
    document: dict[str, Any]
    created_at: datetime | None = None
    created_by: str | None = None
    preset: str | None = None
    budget: dict[str, Any] | None = None

    @property
    def preset_current(self) -> bool | None:
        if self.preset is None:
            return None
        return shipped.judges_as(Policy.from_document(self.document), self.preset)


def in_force(work: Work) -> int:
    """The version that judges now."""
    return work.session.scalar(select(VERSION_IN_FORCE)) or 0


def at(work: Work, version: int) -> Version:
    """Raises `VersionUnknown`."""
    if version == DEFAULT_POLICY.version:
        return Version(version, DEFAULT_POLICY.to_document(), preset=shipped.DEFAULT_NAME)
    stored = work.session.get(StoredPolicy, version)
    if stored is None:
        raise VersionUnknown
    origin = {} if stored.origin is None else json.loads(stored.origin)
    return Version(
        version,
        json.loads(stored.document),
        stored.created_at,
        stored.created_by,
        origin.get("preset"),
        origin.get("budget"),
    )


def put(
    work: Work,
    document: Mapping[str, Any],
    upon: int,
    reason: str | None = None,
    origin: Mapping[str, Any] | None = None,
) -> Version:
    """A new version in the place of `upon`, from the next login on.

    Raises `Invalid`, or `PreconditionFailed` where another version has taken that place.
    """
    stored = checked(document)
    version = upon + 1
    row = {
        "version": version,
        "document": stored,
        "created_at": work.now,
        "created_by": work.actor.actor_id,
        "origin": None if origin is None else json.dumps(origin),
    }
    # Whoever comes second waits for the first one's commit here, and then finds the number taken.
    insert = insert_or_ignore(work, StoredPolicy).values(**row).returning(StoredPolicy.version)
    if work.session.scalar(insert) is None:
        raise PreconditionFailed("Another version came into force; read it first.")
    facts: dict[str, Any] = {"upon": upon}
    match origin:
        case {"preset": name}:
            facts["preset"] = name
        case {"budget": {"challenge_budget": budget, "challenge_at": threshold}}:
            facts |= {"challenge_budget": budget, "challenge_at": threshold}
    audit.record(work, None, "risk_policy.changed", subject=str(version), reason=reason, facts=facts)
    return at(work, version)


def put_preset(work: Work, name: str, upon: int, reason: str | None = None) -> Version:
    """As `put`, of the shipped policy of that name: how it judges. Whom to watch, whom to tell and what
    freezes by itself stay as `upon` has them, for nobody ships those.

    Raises also `Invalid` where that cannot be: the policy in force freezes below the other one's `deny_at`.
    """
    document = at(work, upon).document | shipped.judging(name)
    try:
        return put(work, document, upon, reason, {"preset": name})
    except Invalid as error:
        raise Invalid(errors=tuple(FieldError("/preset", one.message) for one in error.errors)) from None


def put_threshold(work: Work, budget: Mapping[str, Any], upon: int, reason: str | None = None) -> Version:
    """As `put`, of the policy of `upon` with the threshold that was found for a budget of challenges."""
    document = at(work, upon).document | {"challenge_at": budget["challenge_at"]}
    return put(work, document, upon, reason, {"budget": budget})


def weighing_alike(work: Work, version: int) -> set[int]:
    """The versions, among the latest, whose weights are those of `version`: their scores can be compared."""
    wanted = _weighing(at(work, version).document)
    return {one.version for one in _latest(work) if _weighing(one.document) == wanted}


def with_samples(work: Work) -> list[Policy]:
    """The policies, among the latest versions, that tell a random sample of owners."""
    latest = (one for one in _latest(work) if one.document["notify"].get("sample"))
    return [Policy.from_document(one.document, one.version) for one in latest]


def _latest(work: Work) -> list[Version]:
    """The latest versions, and the shipped one."""
    versions = select(StoredPolicy.version).order_by(StoredPolicy.version.desc()).limit(MOST_COMPARED)
    return [at(work, version) for version in (DEFAULT_POLICY.version, *work.session.scalars(versions))]


def _weighing(document: Mapping[str, Any]) -> dict[str, Any]:
    return {name: document.get(name) for name in WEIGHING}
