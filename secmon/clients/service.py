"""Clients are created with a secret that is shown once, prove who they are with it, and are revoked."""

from __future__ import annotations

import hashlib
import hmac
import secrets
import uuid
from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import func, select, update

from secmon.audit import service as audit
from secmon.clients import persons
from secmon.clients.client_ids import NOBODYS_ID, parsed
from secmon.clients.models import LONGEST_NAME, Client
from secmon.clients.scopes import SERVICES, Role
from secmon.core.actor import ActorKind
from secmon.core.errors import FieldError, Invalid, NotFound
from secmon.core.ids import new_id
from secmon.core.pages import PageRequest
from secmon.database.pages import newest
from secmon.database.work import Work

SECRET_BYTES = 32
# Lets secret scanners recognise one that was committed or pasted somewhere.
SECRET_PREFIX = "secmon_"


class ClientUnknown(NotFound):
    """No client was ever created with this id here."""

    code = "client_unknown"
    title = "There is no such client"
    advice = "List the clients, and take the client_id from there."


@dataclass(frozen=True, slots=True)
class NewClient:
    """A client just created, with the secret that nobody will see again."""

    client: Client
    secret: str = field(repr=False)


def create(
    work: Work, *, name: str, role: Role, kind: ActorKind | None = None, person_id: str | None = None
) -> NewClient:
    """A client of that role; `kind` is the role's usual one where not given.

    `person_id` is who stands behind it; without one it is a person of its own. Raises `Invalid` and
    `PersonTaken`.
    """
    if not name or len(name) > LONGEST_NAME or not name.isprintable():
        raise Invalid(errors=(FieldError("/name", f"Must be 1 to {LONGEST_NAME} printable characters"),))
    secret, usual = _new_secret(), _kind_for(role, kind)
    persons.check(work, person_id, usual)
    client = Client(
        client_id=new_id(work.now),
        name=name,
        kind=usual,
        role=role,
        person_id=person_id,
        secret_hash=_digest(secret),
        created_at=work.now,
    )
    work.session.add(client)
    facts = {"role": role, "kind": client.kind, "person_id": person_id}
    audit.record(work, None, "client.created", subject=str(client.client_id), facts=facts)
    return NewClient(client, secret)


def revoke(work: Work, client_id: uuid.UUID) -> Client:
    """Ends a client: its secret and every token it holds stop working. The first revocation stands."""
    query = select(Client).where(Client.client_id == client_id).with_for_update()
    client = work.session.scalar(query)
    if client is None:
        raise ClientUnknown
    if client.revoked_at is None:
        client.revoked_at = work.now
        audit.record(work, None, "client.revoked", subject=str(client_id))
    return client


def stand_for(work: Work, client_id: uuid.UUID, person_id: str) -> Client:
    """From now on the client stands for that person; its tokens of before stand for nobody.

    Raises `ClientUnknown`, `Invalid`, `PersonTaken`.
    """
    client = get(work, client_id)
    persons.check(work, person_id, client.kind, besides=client_id)
    work.session.refresh(client, with_for_update=True)
    if client.person_id != person_id:
        facts = {"from": client.person_id, "to": person_id}
        client.person_id = person_id
        audit.record(work, None, "client.person_set", subject=str(client_id), facts=facts)
    return client


def get(work: Work, client_id: uuid.UUID) -> Client:
    """The client, revoked or not; raises `ClientUnknown`."""
    client = work.session.get(Client, client_id)
    if client is None:
        raise ClientUnknown
    return client


def names(work: Work, client_ids: Collection[str]) -> dict[str, str]:
    """What those of the ids that are clients' are called; a subject of another issuer's is none."""
    wanted = {parsed(client_id) for client_id in client_ids} - {NOBODYS_ID}
    if not wanted:
        return {}
    query = select(Client.client_id, Client.name).where(Client.client_id.in_(wanted))
    return {str(client_id): name for client_id, name in work.session.execute(query)}


def listed(work: Work, wanted: PageRequest) -> tuple[list[Client], str | None]:
    """One page of clients, revoked ones too, newest first, and the next cursor; the key is the id."""
    return newest(work, select(Client), (Client.client_id,), wanted)


def installed_at(work: Work) -> datetime:
    """When the first client came into being; now, where none did yet."""
    return work.session.scalar(select(func.min(Client.created_at))) or work.now


def prove(work: Work, client_id: str, secret: str) -> Client | None:
    """The client whose id and secret these are, unless revoked; unknown and wrong take equal time."""
    client = work.session.get(Client, parsed(client_id))
    proven = _matches(secret, _NOBODY if client is None else client.secret_hash)
    return client if proven and client is not None and client.revoked_at is None else None


def used(work: Work, client_id: uuid.UUID) -> None:
    """A token was had for the client's secret; the first time is what is remembered."""
    first = update(Client).where(Client.client_id == client_id, Client.secret_used_at.is_(None))
    work.session.execute(first.values(secret_used_at=work.now))


def _kind_for(role: Role, kind: ActorKind | None) -> ActorKind:
    usual = ActorKind.SERVICE if role in SERVICES else ActorKind.STAFF
    # What asks for staff (an unfreeze, say) must stay closed to the wallet, whatever an admin types.
    if role in SERVICES and kind is ActorKind.STAFF:
        raise Invalid(errors=(FieldError("/kind", f"The {role} is a service"),))
    return kind or usual


def _new_secret() -> str:
    """A fresh secret, URL-safe; shown once and never stored."""
    return SECRET_PREFIX + secrets.token_urlsafe(SECRET_BYTES)


def _digest(secret: str) -> bytes:
    """What is stored of a secret: its SHA-256, for nobody guesses 256 random bits.

    A slow hash (argon2) protects passwords that can be guessed. On an open route it would only give an
    attacker a way to burn this service's processors.
    """
    return hashlib.sha256(secret.encode("utf-8", "surrogatepass")).digest()


def _matches(secret: str, stored: bytes) -> bool:
    """Whether `stored` was made of `secret`; takes the same time either way."""
    return hmac.compare_digest(_digest(secret), stored)


# Matched where no client is found, so that an unknown id costs what a wrong secret costs.
_NOBODY = _digest("")
