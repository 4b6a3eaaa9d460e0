"""Which role may do what: the one table behind tokens, guards and the API's documentation."""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum


class Role(StrEnum):
    WALLET = "wallet"
    AGENT = "agent"
    SUPERVISOR = "supervisor"
    AUDITOR = "auditor"
    ADMIN = "admin"
    IMPORTER = "importer"


# What no person is: staff's acts are closed to them, whatever an admin types.
SERVICES = frozenset({Role.WALLET, Role.IMPORTER})


# Scope: what it allows, and which roles hold it. `freezes:write` lets the wallet freeze; that only
# staff may ask for an unfreeze is a rule of the freezes, which look at the actor's kind.
_TABLE: dict[str, tuple[str, frozenset[Role]]] = {
    "events:write": (
        "report login events and credential changes, ask for assessments and the gate",
        frozenset({Role.WALLET}),
    ),
    "events:import": (
        "bring the logins of the time before: they teach, unjudged",
        frozenset({Role.IMPORTER}),
    ),
    "accounts:read": (
        "read standing, devices, events, alerts, password and factor status",
        frozenset({Role.WALLET, Role.AGENT, Role.SUPERVISOR, Role.AUDITOR}),
    ),
    "accounts:write": (
        "change profiles, devices, alert answers and password state; check passwords; erase, or ask for it",
        frozenset({Role.WALLET, Role.AGENT, Role.SUPERVISOR}),
    ),
    "twofactor:write": ("enrol, verify, and remove a factor with a code", frozenset({Role.WALLET})),
    "twofactor:reset": ("reset a lost factor through a case", frozenset({Role.AGENT, Role.SUPERVISOR})),
    "freezes:write": (
        "freeze; staff also ask for an unfreeze",
        frozenset({Role.WALLET, Role.AGENT, Role.SUPERVISOR}),
    ),
    "unfreezes:approve": (
        "approve or refuse an unfreeze, a factor reset or an erasure",
        frozenset({Role.SUPERVISOR}),
    ),
    "cases:read": ("read cases", frozenset({Role.AGENT, Role.SUPERVISOR, Role.AUDITOR})),
    "cases:write": ("open and work on cases", frozenset({Role.AGENT, Role.SUPERVISOR})),
    "audit:read": ("read the audit trail", frozenset({Role.SUPERVISOR, Role.AUDITOR})),
    "policy:write": ("change the risk policy", frozenset({Role.ADMIN})),
    "clients:write": ("manage clients, webhook endpoints and keys", frozenset({Role.ADMIN})),
}

DESCRIPTIONS: dict[str, str] = {scope: text for scope, (text, _) in _TABLE.items()}
SCOPES_OF: dict[Role, frozenset[str]] = {
    role: frozenset(scope for scope, (_, roles) in _TABLE.items() if role in roles) for role in Role
}


def scopes_of(roles: Iterable[Role]) -> frozenset[str]:
    """Everything that any of the roles allows."""
    return frozenset().union(*(SCOPES_OF[role] for role in roles))
