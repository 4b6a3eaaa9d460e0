"""Who acts: a service (the wallet backend), one person of the staff, or secmon itself."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class ActorKind(StrEnum):
    SERVICE = "service"
    STAFF = "staff"
    SYSTEM = "system"
    OWNER = "owner"


@dataclass(frozen=True, slots=True)
class Actor:
    """`actor_id` is the client id or the subject of an external token; stable and never a secret."""

    actor_id: str
    kind: ActorKind
    scopes: frozenset[str] = frozenset()
    name: str = ""
    address: str | None = None


SYSTEM = Actor("secmon", ActorKind.SYSTEM, name="secmon")
