"""What an account may do: pure."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from secmon.accounts.gate import Action, RequiredAction, Restriction, Standing, allows, live

NOW = datetime(2026, 11, 22, 2, 0, tzinfo=UTC)


@pytest.mark.parametrize("action", Action)
def test_an_active_account_does_everything(action: Action) -> None:
    assert allows(action, Standing.ACTIVE, [], [])


@pytest.mark.parametrize("action", Action)
def test_a_frozen_account_does_nothing(action: Action) -> None:
    assert not allows(action, Standing.FROZEN, [], [])


def test_a_restriction_forbids_its_own_action_alone() -> None:
    held = [Restriction(Action.TRANSFER, NOW + timedelta(hours=1), "phone_changed")]
    assert [action for action in Action if not allows(action, Standing.ACTIVE, held, [])] == [Action.TRANSFER]


@pytest.mark.parametrize("required", RequiredAction)
def test_an_owner_with_something_to_do_comes_in_but_moves_no_money(required: RequiredAction) -> None:
    allowed = {action for action in Action if allows(action, Standing.ACTIVE, [], [required])}
    assert {*Action} - allowed == {Action.TRANSFER, Action.WITHDRAW, Action.EXPORT_KEY}


def test_a_restriction_ends_at_its_instant() -> None:
    stored = [Restriction(Action.TRANSFER, NOW, "unfrozen").stored()]
    assert live(stored, NOW - timedelta(microseconds=1))
    assert not live(stored, NOW)
