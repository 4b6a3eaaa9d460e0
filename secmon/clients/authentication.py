"""From a bearer token to its caller: verified once, remembered till it expires, refused at once when revoked.

Verifying costs a round trip for the key and an elliptic curve; both once a token and process. What can
change while a token lives, its client, is asked of the database in every transaction: `Caller.check`.
"""

from __future__ import annotations

import hashlib
import threading
from collections import OrderedDict
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import partial

from sqlalchemy import bindparam, select

from secmon.clients import signing_keys, tokens
from secmon.clients.models import Client
from secmon.clients.scopes import SCOPES_OF, Role
from secmon.clients.verification import Peeked, TokenRefused, peek
from secmon.core.actor import SYSTEM, Actor, ActorKind
from secmon.core.clock import Clock
from secmon.core.errors import Unauthenticated
from secmon.database.engine import Database
from secmon.database.statements import ONE, Row, Statement
from secmon.database.work import Check
from secmon.sealing.keyring import KeyRing
from secmon.web.caller import Caller

REMEMBERED_TOKENS = 4096

# (role, revoked_at, person_id), or a row of nothing: what gives one row goes with other such reads.
_STANDS = Statement(
    select(Client.role, Client.revoked_at, Client.person_id).select_from(
        ONE.outerjoin(Client, Client.client_id == bindparam("client_id"))
    ),
    one_row=True,
)


@dataclass(frozen=True, slots=True)
class VerifiedToken:
    """The caller that a token proves, and until when that need not be asked again."""

    caller: Caller
    good_until: datetime


Verify = Callable[[str, Peeked], VerifiedToken]


class Authenticator:
    """`web.caller.Authenticate`: asks the verifier of the token's issuer, and remembers its answer."""

    def __init__(self, verifiers: Mapping[str, Verify], clock: Clock) -> None:
        self._verifiers = verifiers
        self._clock = clock
        self._lock = threading.Lock()
        # By SHA-256, least recently used first: no token is kept, and no look-up leaks one by its timing.
        self._remembered: OrderedDict[bytes, VerifiedToken] = OrderedDict()

    def __call__(self, token: str) -> Caller:
        """The caller; raises `Unauthenticated`."""
        key = hashlib.sha256(token.encode()).digest()
        with self._lock:
            known = self._remembered.get(key)
            if known is not None:
                self._remembered.move_to_end(key)
        if known is None or known.good_until <= self._clock():
            known = self._verify(token)
            self._remember(key, known)
        return known.caller

    def _verify(self, token: str) -> VerifiedToken:
        try:
            peeked = peek(token)
            verify = self._verifiers.get(peeked.issuer or "")
            if verify is None:
                raise TokenRefused("nobody's token")
            return verify(token, peeked)
        except TokenRefused as refused:
            raise Unauthenticated("The access token is not valid, or has expired.") from refused

    def _remember(self, key: bytes, verified: VerifiedToken) -> None:
        with self._lock:
            self._remembered[key] = verified
            if len(self._remembered) > REMEMBERED_TOKENS:
                self._remembered.popitem(last=False)


def own_tokens(database: Database, ring: KeyRing, issuer: str) -> Verify:
    """The verifier of the tokens that this service issues."""

    def verify(token: str, peeked: Peeked) -> VerifiedToken:
        if not tokens.is_access_token(peeked):
            raise TokenRefused("not an access token")
        with database.work(SYSTEM, write=False) as work:
            key = signing_keys.find(work, ring, peeked.key_id or "")
            if key is None:
                raise TokenRefused("unknown key")
            claims = tokens.read(token, key, issuer=issuer, now=work.now)
            client = work.session.get(Client, claims.client_id)
        if client is None:
            raise TokenRefused("unknown client")
        actor = Actor(
            str(client.client_id),
            ActorKind(client.kind),
            claims.scopes,
            client.name,
            person=client.person_id or "",
            for_owner=client.role == Role.WALLET,
        )
        check = Check(_STANDS(client_id=claims.client_id), partial(_require_standing, actor))
        return VerifiedToken(Caller(actor, check), claims.expires_at)

    return verify


def _require_standing(actor: Actor, rows: list[Row]) -> None:
    """The client is not revoked, its role still holds what the token says, and its person is the same."""
    role, revoked_at, person_id = rows[0]
    if role is None or revoked_at is not None or not actor.scopes <= SCOPES_OF[Role(role)]:
        raise Unauthenticated("The client was revoked.")
    if (person_id or "") != actor.person:
        raise Unauthenticated("The client stands for another person now; ask for a new token.")
