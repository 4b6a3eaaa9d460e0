"""Who stands behind a client: four eyes are those of two persons, whatever each of them calls with."""

from __future__ import annotations

import re
import uuid
from collections.abc import Collection

from sqlalchemy import and_, or_, select, text

from secmon.clients.client_ids import parsed
from secmon.clients.models import LONGEST_PERSON, Client
from secmon.core.actor import ActorKind
from secmon.core.errors import Conflict, FieldError, Invalid
from secmon.database.work import Work

_PERSON = re.compile(rf"[\x21-\x7e]{{1,{LONGEST_PERSON}}}", re.ASCII)


class PersonTaken(Conflict):
    """One person has one client that is not revoked: whoever had two could be both people of a decision."""

    code = "person_taken"
    title = "This person has a client already"
    advice = "Revoke the person's other client first; the next one may then stand for the same person."


def check(work: Work, person_id: str | None, kind: str, *, besides: uuid.UUID | None = None) -> None:
    """Whether a client of that kind, or the one that is named, may stand for the person.

    Nobody else makes or changes a client until the transaction ends. Raises `Invalid` and `PersonTaken`.
    """
    if person_id is None:
        return
    if kind != ActorKind.STAFF:
        raise Invalid(errors=(FieldError("/person_id", "A service is no person"),))
    if not _PERSON.fullmatch(person_id):
        wanted = f"Must be 1 to {LONGEST_PERSON} visible ASCII characters"
        raise Invalid(errors=(FieldError("/person_id", wanted),))
    one_at_a_time(work)
    # A client that names nobody is a person of its own, who goes by its id.
    is_theirs = or_(
        Client.person_id == person_id,
        and_(Client.person_id.is_(None), Client.client_id == parsed(person_id)),
    )
    query = select(Client.client_id).where(
        is_theirs, Client.revoked_at.is_(None), Client.kind == ActorKind.STAFF
    )
    if any(client_id != besides for client_id in work.session.scalars(query)):
        raise PersonTaken


def behind(work: Work, actor_ids: Collection[str]) -> dict[str, str]:
    """The persons whom those of the actors stand for that are clients and say so."""
    wanted = [parsed(actor_id) for actor_id in actor_ids]
    query = select(Client.client_id, Client.person_id).where(
        Client.client_id.in_(wanted), Client.person_id.is_not(None)
    )
    return {str(client_id): person_id for client_id, person_id in work.session.execute(query) if person_id}


def shown(client: Client) -> str | None:
    """Whom the client stands for; None for a service."""
    return (client.person_id or str(client.client_id)) if client.kind == ActorKind.STAFF else None


def one_at_a_time(work: Work) -> None:
    """Who clients are is decided by one transaction at a time; SQLite's writers are anyway."""
    if work.dialect.name == "postgresql":
        work.session.execute(text("LOCK TABLE clients IN SHARE ROW EXCLUSIVE MODE"))
