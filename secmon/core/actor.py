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
    """`actor_id` is the client id or the subject of an external token; stable and never a secret.

    `person` is who stands behind it, where that is told apart from the client. `for_owner`: the wallet, which
    says of an owner what its owner, who is logged in there, has said.
    """

    actor_id: str
    kind: ActorKind
    scopes: frozenset[str] = frozenset()
    name: str = ""
    address: str | None = None
    person: str = ""
    for_owner: bool = False

    @property
    def person_id(self) -> str:
        """One person may have several clients, one after the other, and a subject beside them."""
        return self.person or self.actor_id

    @property
    def speaks_for_owner(self) -> bool:
        """Whether its word of an owner is the owner's own."""
        return self.kind is ActorKind.OWNER or self.for_owner


SYSTEM = Actor("secmon", ActorKind.SYSTEM, name="secmon")
# An owner who answers by the link of a letter: no client, and no person of the staff, is called that.
OWNER_ID = "owner"
