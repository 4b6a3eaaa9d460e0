"""What only people of the staff may do: whoever checks an identity or gives back an account stands for it."""

from __future__ import annotations

from collections.abc import Iterable

from secmon.clients import persons
from secmon.core.actor import ActorKind
from secmon.core.errors import Forbidden
from secmon.database.work import Work

# Who did something: the actor's id, and the person behind it, where the release that wrote it down knew.
Doer = tuple[str, str | None]


class StaffRequired(Forbidden):
    """This is decided by people, on a case; a service may not do it, whatever its scopes."""

    code = "staff_required"
    title = "Only a person of the staff may do this"
    advice = "Let a person of the staff do this, with a client of their own."


class SecondPersonRequired(Forbidden):
    """Who asks for something that a thief would ask for, or has checked the identity that it rests on, does
    not decide it as well, through whichever client; nor is a check that failed made good by who failed it."""

    code = "second_person_required"
    title = "Another person must decide this"
    advice = "Let a colleague who may approve look at the case and decide."


def require_staff(work: Work) -> None:
    """Raises `StaffRequired` for a service."""
    if work.actor.kind is not ActorKind.STAFF:
        raise StaffRequired


def require_another(work: Work, doers: Iterable[Doer]) -> None:
    """Raises `SecondPersonRequired` where whoever acts now is the person behind one of the doers."""
    acting = {work.actor.actor_id, work.actor.person_id}
    if any(acting & known for known in known_as(work, list(doers))):
        raise SecondPersonRequired


def known_as(work: Work, doers: list[Doer]) -> list[frozenset[str]]:
    """Everything that the person behind each of the doers goes by: two with a name in common are one.

    The client, the person that it stood for then, and the one that it stands for now, in case an
    administrator has said only since whose client it is.
    """
    now = persons.behind(work, {actor_id for actor_id, _ in doers})
    return [
        frozenset({actor_id, person or actor_id, now.get(actor_id, actor_id)}) for actor_id, person in doers
    ]
