"""Whoever of the staff reads an account leaves a trace: which accounts an answer tells of, found without
asking each route.

An account in the path or the query is one; what else a route finds, it notes. What may not be written down
is not shown: a read whose trace cannot be stored fails.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Protocol

from flask import g, request

from secmon.core.actor import Actor, ActorKind
from secmon.database.work import Work
from secmon.web.parts import Part
from secmon.web.unit_of_work import unit_of_work

ACCOUNT = "account_id"


class Views(Protocol):
    """The trace, chosen by the composition root. `account_id` None: many accounts, none of them asked for."""

    def is_known(self, actor: Actor, account_id: str | None) -> bool:
        """Whether this process has stored such a trace in this hour."""
        ...

    def store(self, work: Work, account_id: str | None, operation: str) -> None: ...

    def remember(self, actor: Actor, account_id: str | None) -> None: ...


VIEWS: Part[Views] = Part("views")


def note(*account_ids: str) -> None:
    """For a route that learns only by reading whose data it shows."""
    g.setdefault("viewed", set()).update(account_ids)


def leave_trace(operation: str, arguments: Mapping[str, Any]) -> None:
    """After a read that succeeded, where a person made it; `arguments` are the route's."""
    if request.method != "GET" or g.caller.actor.kind is not ActorKind.STAFF:
        return
    views = VIEWS.chosen()
    for account_id in _told_of(arguments):
        if views.is_known(g.caller.actor, account_id):
            continue
        # One at a time: whoever writes to several accounts takes their locks in an order of their own.
        with unit_of_work() as work:
            views.store(work, account_id, operation)
        views.remember(g.caller.actor, account_id)


def _told_of(arguments: Mapping[str, Any]) -> list[str | None]:
    asked = {arguments.get(ACCOUNT), arguments.get("query", {}).get(ACCOUNT)} - {None}
    return [*sorted(asked | g.get("viewed", set()))] or [None]
