"""Who works with the service: the wallet, and a support desk of three, two of whom may approve."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

import httpx

from tests.service import Service

PEOPLE = ("wallet", "agent", "supervisor", "deputy")


@contextmanager
def people_of(service: Service) -> Iterator[dict[str, httpx.Client]]:
    """A client each: the first-run clients, and a second supervisor."""
    with ExitStack() as stack:
        admin = stack.enter_context(service.client("admin"))
        made = admin.post("/v1/clients", json={"name": "deputy", "role": "supervisor"}).raise_for_status()
        service.credentials["deputy"] = made.json()
        yield {person: stack.enter_context(service.client(person)) for person in PEOPLE}
