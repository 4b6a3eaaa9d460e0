"""The table of roles and scopes, as the API documents it."""

from __future__ import annotations

import pytest

from secmon.clients.scopes import DESCRIPTIONS, SCOPES_OF, Role, scopes_of

DOCUMENTED = {
    "events:write": {"wallet"},
    "events:import": {"importer"},
    "accounts:read": {"wallet", "agent", "supervisor", "auditor"},
    "accounts:write": {"wallet", "agent", "supervisor"},
    "twofactor:write": {"wallet"},
    "twofactor:reset": {"agent", "supervisor"},
    "freezes:write": {"wallet", "agent", "supervisor"},
    "unfreezes:approve": {"supervisor"},
    "cases:read": {"agent", "supervisor", "auditor"},
    "cases:write": {"agent", "supervisor"},
    "audit:read": {"supervisor", "auditor"},
    "policy:write": {"admin"},
    "clients:write": {"admin"},
}


@pytest.mark.parametrize("role", Role)
def test_a_role_holds_what_the_documentation_says(role: Role) -> None:
    assert SCOPES_OF[role] == {scope for scope, roles in DOCUMENTED.items() if role in roles}


def test_every_scope_is_explained() -> None:
    assert set(DESCRIPTIONS) == set(DOCUMENTED)
    assert all(DESCRIPTIONS.values())


def test_several_roles_hold_what_any_of_them_holds() -> None:
    both = scopes_of([Role.AUDITOR, Role.ADMIN])
    assert both == SCOPES_OF[Role.AUDITOR] | SCOPES_OF[Role.ADMIN]
    assert scopes_of([]) == frozenset()
