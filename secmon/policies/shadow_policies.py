"""The policy that is judged beside the one in force: which one it is, and who set it."""

from __future__ import annotations

from sqlalchemy import func, select

from secmon.core.errors import Conflict
from secmon.database.upsert import insert_or_ignore
from secmon.database.work import Work
from secmon.policies.models import ShadowPolicy

# A neighbour may hold the row that is locked for it.
StandingShadow = ShadowPolicy

_STANDING = (
    select(ShadowPolicy).where(ShadowPolicy.ended_at.is_(None)).order_by(ShadowPolicy.version.desc()).limit(1)
)


class ShadowTaken(Conflict):
    """Two people set a shadow policy at the same moment; the other one's stands."""

    code = "shadow_policy_taken"
    title = "Another shadow policy was set at this moment"
    advice = "Look at the shadow policy that stands, and set yours if it is still wanted."


def standing(work: Work) -> ShadowPolicy | None:
    """The one that is judged now."""
    return work.session.scalar(_STANDING)


def lock(work: Work) -> ShadowPolicy | None:
    """As `standing`; nobody else ends it meanwhile."""
    return work.session.scalar(_STANDING.with_for_update())


def add(work: Work, document: str) -> int:
    """Stores one under the next version. The former one has ended. Raises `ShadowTaken`."""
    version = (work.session.scalar(select(func.max(ShadowPolicy.version))) or 0) + 1
    row = {
        "version": version,
        "document": document,
        "created_at": work.now,
        "created_by": work.actor.actor_id,
    }
    insert = insert_or_ignore(work, ShadowPolicy).values(**row).returning(ShadowPolicy.version)
    if work.session.scalar(insert) is None:
        raise ShadowTaken
    return version


def end(work: Work, shadow: ShadowPolicy) -> None:
    """It is judged no more; its version is never given again."""
    shadow.ended_at = work.now
    work.session.flush()
