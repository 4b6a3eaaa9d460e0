"""What the walk takes for granted of the contract, in one place: names, codes, spans of time, who is who.

A field that a rule needs is sent where the published document offers it, so that the walk asks what it asks
of any release, and only the answers differ.
"""

from __future__ import annotations

import inspect
import uuid
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from secmon.alerts import links
from secmon.sealing.keyring import KeyRing


class Rule(StrEnum):
    """What must hold, whatever is repeated, late or out of order. In brackets the attacks that each shows."""

    FROZEN = "R31-frozen-is-deny"  # A46, A47: decisions and freezes of before, told again as facts
    HOLDS_NOW = "R31-answers-say-what-holds-now"  # A46: a settled challenge, a standing that is over
    SAME_CONTENT = "R32-one-id-one-content"  # A49, A50
    SHOWN_ONCE = "R33-no-dead-secret-is-shown-or-taken"  # A51
    TAKEN_ONCE = "R01-a-code-is-taken-once"  # A01, A14
    THEFT = "R35-what-the-thief-had-is-dead"  # A53, A54, A55
    DEVICES = "R35-devices-of-the-theft-are-forgotten"  # A56, A57
    CONTACTS = "R36-no-contact-is-bound-while-frozen"  # A58
    YOUNG = "R37-a-young-contact-vouches-for-nobody"  # A59
    REQUIRED = "R38-required-until-done-after-the-unfreeze"
    LINK = "R39-a-mailbox-is-no-second-factor"  # A60, A61, A62
    VOUCHED = "R40-staff-vouch-on-a-good-case-only"  # A63, A64, A65
    ERASED = "R41-what-held-outlives-the-erasure"  # A66
    SECOND_PERSON = "R42-another-person-who-has-seen-the-case"  # A67, A68
    UNFROZEN = "R15-a-careful-day-after-an-unfreeze"
    OPEN = "the-gate-lets-in-whom-nothing-holds"


# Of the account's erasure and return.
TOMBSTONE = timedelta(days=30)
# How long nothing moves after an unfreeze, and after a contact was changed or its change was reported.
CAREFUL_FOR = timedelta(hours=24)
CHECK_IS_GOOD_FOR = timedelta(hours=24)
CONTACT_IDENTIFIES_AFTER = timedelta(hours=72)
ENROLMENT_TTL = timedelta(minutes=10)
# Where nobody says since when the account is suspected.
SUSPECTED_BEFORE = timedelta(days=14)
HISTORY_AFTER = timedelta(days=30)

EVENT_ID_REUSED = (409, "event_id_reused")
FACTOR_ACTIVE = (409, "factor_active")
THEFTS = frozenset({"theft_reported", "device_lost"})

WALLETS = ("wallet", "other_wallet")
# The supervisor's other client is the same person.
STAFF = ("agent", "supervisor", "deputy", "supervisor_again")
SAME_PERSON = {"supervisor_again": "supervisor"}
EVIDENCE = "store/call-4711"


def person_of(client: str) -> str:
    """Who stands behind a client."""
    return SAME_PERSON.get(client, client)


def link_token(alert_id: str, address: str, keys: KeyRing, sent_at: datetime) -> str:
    """The signed part of the link that was sent to that address, in whichever way links are signed."""
    said: dict[str, Any] = {"alert_id": uuid.UUID(alert_id), "address": address, "keys": keys, "now": sent_at}
    wanted = inspect.signature(links.token).parameters
    return links.token(**{name: value for name, value in said.items() if name in wanted})


class Offered:
    """Which fields the published document offers an operation, and where."""

    def __init__(self, document: dict[str, Any]) -> None:
        self.operations: dict[str, tuple[str, str]] = {}
        self._bodies: dict[str, set[str]] = {}
        self._queries: dict[str, set[str]] = {}
        for path, methods in document["paths"].items():
            for method, one in methods.items():
                if isinstance(one, dict) and "operationId" in one:
                    self._note(document, method, path, one)

    def _note(self, document: dict[str, Any], method: str, path: str, one: dict[str, Any]) -> None:
        name = one["operationId"]
        self.operations[name] = (method, path)
        parameters = [_resolved(document, each) for each in one.get("parameters", ())]
        self._queries[name] = {each["name"] for each in parameters if each.get("in") == "query"}
        content = one.get("requestBody", {}).get("content", {})
        self._bodies[name] = {
            field for sent in content.values() for field in _properties(document, sent.get("schema", {}))
        }

    def in_body(self, operation: str, field: str) -> bool:
        return field in self._bodies[operation]

    def in_query(self, operation: str, field: str) -> bool:
        return field in self._queries[operation]


def _resolved(document: dict[str, Any], part: dict[str, Any]) -> dict[str, Any]:
    while "$ref" in part:
        found: Any = document
        for step in part["$ref"].removeprefix("#/").split("/"):
            found = found[step]
        part = found
    return part


def _properties(document: dict[str, Any], schema: dict[str, Any]) -> set[str]:
    schema = _resolved(document, schema)
    several = [*schema.get("allOf", ()), *schema.get("anyOf", ()), *schema.get("oneOf", ())]
    return set(schema.get("properties", ())).union(*(_properties(document, one) for one in several))
