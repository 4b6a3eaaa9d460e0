"""Some things are for people: whoever checks an identity or gives an account back answers for it."""

from __future__ import annotations

from secmon.core.actor import ActorKind
from secmon.core.errors import Forbidden
from secmon.core.work import Work


class StaffRequired(Forbidden):
    """This is decided by people, on a case; a service may not do it, whatever its scopes."""

    code = "staff_required"
    title = "Only a person of the staff may do this"
    advice = "Let a person of the staff do this, with a client of their own."


def require_staff(work: Work) -> None:
    """Raises `StaffRequired` for a service."""
    if work.actor.kind is not ActorKind.STAFF:
        raise StaffRequired
