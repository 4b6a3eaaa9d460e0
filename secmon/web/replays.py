"""What an `Idempotency-Key` that was answered before is answered again: each route that takes one says so.

An answer that carries a decision is no fact that could be told twice. It is written anew from what holds
now, or the request is handled anew; and a secret is shown again only while it was of no use to anybody.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from flask import Response

from secmon.core.errors import Conflict


class NotShownAgain(Conflict):
    """What this key was answered was used, renewed, confirmed, ended or erased: it is shown to nobody."""

    code = "not_shown_again"
    title = "The answer to this Idempotency-Key is not shown any more"
    advice = "The request was done, and is not done again. Ask under another key for what you need."


@dataclass(frozen=True, slots=True)
class Stored:
    """The first answer to a key. `text` is empty where the route keeps none."""

    status: int
    text: bytes = field(repr=False)
    headers: Mapping[str, str]
    content_type: str

    @property
    def refused(self) -> bool:
        """A refusal that was remembered: it shows nothing, and counts once."""
        return self.status >= 400

    @property
    def document(self) -> dict[str, Any]:
        """The JSON object that was answered."""
        found: dict[str, Any] = json.loads(self.text)
        return found

    def response(self) -> Response:
        """The first answer, word for word."""
        return Response(self.text, self.status, dict(self.headers), content_type=self.content_type)


# `(work, stored, **path)`: what a route would answer, or None where the request is handled anew. What it
# reads to decide that, it reads under the lock that whoever changes it takes.
Again = Callable[..., Any]


@dataclass(frozen=True, slots=True)
class Replays:
    """`says` tells developers what a replay is answered; `again` is who answers it.

    `keeps`: whether the answer is stored at all. `concerns(work, **path)` names the account that the answer
    is about, whose erasure takes it along, where neither path nor body has an `account_id`. `problems` are
    the codes that only a replay is answered.
    """

    says: str
    again: Again
    keeps: bool = True
    concerns: Callable[..., str | None] | None = None
    problems: tuple[str, ...] = ()


def _anew(*_: Any, **__: Any) -> None:
    return None


def _as_first(_work: Any, stored: Stored, **_: Any) -> Response:
    return stored.response()


# For what is known by its own ids: the same again changes nothing, and is answered by what holds now.
HANDLED_ANEW = Replays(
    "Handled anew, and answered by what holds now: events are known by their ids, and nothing is done twice.",
    _anew,
    keeps=False,
)
# For what decides nothing, shows no secret and is about no account.
AS_FIRST = Replays("The first answer, word for word.", _as_first)
