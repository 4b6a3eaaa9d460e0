"""Who calls. `app` decides how a token becomes a caller, so that this package knows no domain."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from flask import g, request

from secmon.core.actor import Actor
from secmon.core.errors import Forbidden, Unauthenticated
from secmon.database.work import Check
from secmon.web.parts import Part
from secmon.web.unit_of_work import DATABASE


@dataclass(frozen=True, slots=True)
class Caller:
    """An authenticated actor, and what must still hold when its transaction begins (not revoked)."""

    actor: Actor
    check: Check | None = None


Authenticate = Callable[[str], Caller]
AUTHENTICATE: Part[Authenticate] = Part("authenticate")


class ScopeMissing(Forbidden):
    """The token is good, but the client that it was issued to may not do this."""

    code = "insufficient_scope"
    title = "The token does not carry the scope that this needs"
    advice = "Ask /oauth/token for the scope if the client has it; else use a client of another role."


def authenticate() -> Caller:
    """The caller behind the request's bearer token (RFC 6750 §2.1); raises `Unauthenticated`."""
    scheme, _, token = request.environ.get("HTTP_AUTHORIZATION", "").partition(" ")
    if scheme.lower() != "bearer" or not token.strip():
        raise Unauthenticated("Send an access token in the Authorization header.")
    to_caller = AUTHENTICATE.chosen()
    return to_caller(token.strip())


def confirm() -> None:
    """Asks again whether the caller, if there is one, still stands; raises `Unauthenticated`.

    A transaction asks that itself; this is for what is refused before one begins.
    """
    known: Caller | None = g.get("caller")
    if known is not None and known.check is not None:
        with DATABASE.chosen().work(known.actor, known.check, write=False) as work:
            work.read()


def require(scope: str) -> None:
    """Sets `g.caller`, or refuses: 401 without a good token, 403 without the scope."""
    known = authenticate()
    # The audit names the address that a change came from.
    actor = replace(known.actor, address=g.client_address)
    g.caller = Caller(actor, known.check)
    if scope not in actor.scopes:
        raise ScopeMissing(f"This needs the scope {scope}.")
