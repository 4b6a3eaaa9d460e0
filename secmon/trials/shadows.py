"""The shadow policy: judged beside the one in force, without effect, to see what it would do."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from secmon.audit import service as audit
from secmon.core.errors import NotFound
from secmon.database.work import Work
from secmon.policies import shadow_policies
from secmon.policies.documents import checked
from secmon.policies.shadow_policies import StandingShadow
from secmon.trials import comparisons
from secmon.trials.comparing import Example, Pair
from secmon.trials.comparisons import Result


class NoShadow(NotFound):
    """No policy is being judged beside the one in force."""

    code = "no_shadow_policy"
    title = "There is no shadow policy"
    advice = "Set one with PUT /v1/risk-policy/shadow."


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
    former = shadow_policies.lock(work)
    if former is not None:
        _end(work, former)
    version = shadow_policies.add(work, stored)
    audit.record(work, None, "shadow_policy.set", subject=str(version))
    return show(work, locale)


def end(work: Work) -> None:
    """No policy is judged beside the one in force any more. Raises `NoShadow`."""
    standing = shadow_policies.lock(work)
    if standing is None:
        raise NoShadow
    _end(work, standing)
    audit.record(work, None, "shadow_policy.ended", subject=str(standing.version))


def show(work: Work, locale: str) -> Shadow:
    """The shadow policy and what was found of it. Raises `NoShadow`."""
    standing = shadow_policies.standing(work)
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
    standing = shadow_policies.lock(work)
    if standing is not None and standing.version == version:
        comparisons.add(work, _comparison(version), counts, examples)


def _end(work: Work, shadow: StandingShadow) -> None:
    shadow_policies.end(work, shadow)
    comparisons.forget(work, _comparison(shadow.version))


def _comparison(version: int) -> str:
    return f"shadow {version}"
