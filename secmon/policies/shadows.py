"""The shadow policy: judged beside the one in force, without effect, to see what it would do."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, select

from secmon.audit import service as audit
from secmon.core.errors import Conflict, NotFound
from secmon.core.upsert import insert_or_ignore
from secmon.core.work import Work
from secmon.policies import comparisons
from secmon.policies.comparing import Example, Pair
from secmon.policies.comparisons import Result
from secmon.policies.documents import checked
from secmon.policies.models import ShadowPolicy

_STANDING = (
    select(ShadowPolicy).where(ShadowPolicy.ended_at.is_(None)).order_by(ShadowPolicy.version.desc()).limit(1)
)


class NoShadow(NotFound):
    """No policy is being judged beside the one in force."""

    code = "no_shadow_policy"
    title = "There is no shadow policy"
    advice = "Set one with PUT /v1/risk-policy/shadow."


class ShadowTaken(Conflict):
    """Two people set a shadow policy at the same moment; the other one's stands."""

    code = "shadow_policy_taken"
    title = "Another shadow policy was set at this moment"
    advice = "Look at the shadow policy that stands, and set yours if it is still wanted."


@dataclass(frozen=True, slots=True)
class Shadow:
    """`result`: what it would have decided since it was set, beside what was decided."""

    version: int
    document: dict[str, Any]
    created_at: datetime
    created_by: str
    result: Result


def put(work: Work, document: Mapping[str, Any], locale: str) -> Shadow:
    """Sets the shadow policy, in the place of the one there is. Raises `Invalid`, `ShadowTaken`."""
    stored = checked(document)
    former = _standing(work)
    if former is not None:
        _end(work, former)
    version = (work.session.scalar(select(func.max(ShadowPolicy.version))) or 0) + 1
    row = {"version": version, "document": stored, "created_at": work.now, "created_by": work.actor.actor_id}
    insert = insert_or_ignore(work, ShadowPolicy).values(**row).returning(ShadowPolicy.version)
    if work.session.scalar(insert) is None:
        raise ShadowTaken
    audit.record(work, None, "shadow_policy.set", subject=str(version))
    return show(work, locale)


def end(work: Work) -> None:
    """No policy is judged beside the one in force any more. Raises `NoShadow`."""
    standing = _standing(work)
    if standing is None:
        raise NoShadow
    _end(work, standing)
    audit.record(work, None, "shadow_policy.ended", subject=str(standing.version))


def show(work: Work, locale: str) -> Shadow:
    """The shadow policy and what was found of it. Raises `NoShadow`."""
    standing = work.session.scalar(_STANDING)
    if standing is None:
        raise NoShadow
    return Shadow(
        standing.version,
        json.loads(standing.document),
        standing.created_at,
        standing.created_by,
        comparisons.result_of(work, _comparison(standing.version), locale),
    )


def note(work: Work, version: int, counts: Mapping[Pair, int], examples: list[Example]) -> None:
    """Adds what one process compared; of a shadow that has ended meanwhile, nothing."""
    standing = _standing(work)
    if standing is not None and standing.version == version:
        comparisons.add(work, _comparison(version), counts, examples)


def _standing(work: Work) -> ShadowPolicy | None:
    return work.session.scalar(_STANDING.with_for_update())


def _end(work: Work, shadow: ShadowPolicy) -> None:
    shadow.ended_at = work.now
    work.session.flush()
    comparisons.forget(work, _comparison(shadow.version))


def _comparison(version: int) -> str:
    return f"shadow {version}"
