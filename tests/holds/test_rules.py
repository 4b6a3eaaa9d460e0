"""The rules by which holds begin: what ships, what is refused, and by which clause of which market."""

from __future__ import annotations

from collections.abc import Callable
from copy import deepcopy
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from secmon.accounts.gate import Action
from secmon.holds.rules import BY_RULE, PRESETS, Lift, Rules, RulesError, Trigger, preset

KEYS = {Action.ADD_PAYEE, Action.RAISE_LIMIT, Action.CHANGE_CREDENTIALS}
MONEY = {Action.TRANSFER, Action.WITHDRAW}


@pytest.mark.parametrize("name", PRESETS)
def test_what_ships_is_read_back_as_it_is_shown(name: str) -> None:
    assert Rules.from_document(preset(name).to_document()) == preset(name)


@pytest.mark.parametrize("name", PRESETS)
def test_each_preset_says_something_of_every_trigger(name: str) -> None:
    assert {clause.trigger for clause in preset(name).clauses} == BY_RULE


def hours(name: str, trigger: Trigger, action: Action) -> float:
    """How long the action is held, at the longest."""
    lasts = (one.lasts for one in preset(name).clauses if one.trigger is trigger and action in one.actions)
    return max(lasts) / timedelta(hours=1)


def caps(name: str, trigger: Trigger) -> set[tuple[Decimal | None, Decimal | None, Decimal | None]]:
    found = (one.cap for one in preset(name).clauses if one.trigger is trigger and MONEY & {*one.actions})
    return {(None, None, None) if cap is None else (cap.share, cap.amount, cap.each) for cap in found}


def test_strict_is_twice_as_long_under_less() -> None:
    for trigger in BY_RULE:
        for action in Action:
            if any(one.trigger is trigger and action in one.actions for one in preset("standard").clauses):
                assert hours("strict", trigger, action) == 2 * hours("standard", trigger, action)
    assert caps("strict", Trigger.NEW_DEVICE) == {(Decimal("0.02"), Decimal(200), None)}


def test_singapore_a_token_that_was_just_activated_does_nothing_of_high_risk_for_twelve_hours() -> None:
    for action in KEYS:
        assert hours("sg", Trigger.NEW_DEVICE, action) >= 12
        assert hours("sg", Trigger.FACTOR_CHANGED, action) >= 12


def test_malaysia_no_money_moves_for_twelve_hours_after_a_device_was_enrolled() -> None:
    for trigger in (Trigger.NEW_DEVICE, Trigger.FACTOR_CHANGED):
        assert caps("my", trigger) == {(None, None, None)}
        assert hours("my", trigger, Action.TRANSFER) >= 12


def test_the_philippines_a_day_behind_key_changes() -> None:
    for trigger in (Trigger.PHONE_CHANGED, Trigger.EMAIL_CHANGED, Trigger.PASSWORD_RECOVERED):
        assert hours("ph", trigger, Action.TRANSFER) >= 24


def test_brazil_two_hundred_at_once_and_a_thousand_a_day_from_a_new_device() -> None:
    assert preset("br").currency == "BRL"
    assert caps("br", Trigger.NEW_DEVICE) == {(None, Decimal(1000), Decimal(200))}
    assert hours("br", Trigger.NEW_DEVICE, Action.TRANSFER) >= 24
    assert hours("br", Trigger.LIMIT_RAISED, Action.TRANSFER) >= 24


def test_hong_kong_half_a_day_behind_a_bound_device() -> None:
    assert hours("hk", Trigger.NEW_DEVICE, Action.TRANSFER) >= 12


def changed(change: Callable[[dict[str, Any]], Any]) -> dict[str, Any]:
    document = deepcopy(preset("standard").to_document())
    change(document)
    return document


def clause(**changes: Any) -> Callable[[dict[str, Any]], None]:
    return lambda document: document["clauses"][0].update(changes)


@pytest.mark.parametrize(
    ("change", "pointer"),
    [
        (clause(trigger="owner_lock"), "/clauses/0/trigger"),
        (clause(trigger="full_moon"), "/clauses/0/trigger"),
        (clause(actions=[]), "/clauses/0/actions"),
        (clause(actions=["login"]), "/clauses/0/actions"),
        (clause(actions=["fly"]), "/clauses/0/actions"),
        (clause(hours=0), "/clauses/0/hours"),
        (clause(hours=721), "/clauses/0/hours"),
        (clause(hours=True), "/clauses/0/hours"),
        (clause(hours="12"), "/clauses/0/hours"),
        (clause(cap={}), "/clauses/0/cap"),
        (clause(cap={"share": "0"}), "/clauses/0/cap/share"),
        (clause(cap={"share": "2"}), "/clauses/0/cap/share"),
        (clause(cap={"share": "1"}), "/clauses/0/cap/share"),
        (clause(cap={"share": 0.05}), "/clauses/0/cap/share"),
        (clause(cap={"amount": "0"}), "/clauses/0/cap/amount"),
        (clause(cap={"amount": "1e3"}), "/clauses/0/cap/amount"),
        (clause(cap={"amount": "0.123456789"}), "/clauses/0/cap/amount"),
        (clause(cap={"each": "5"}), "/clauses/0/cap"),
        (clause(cap={"much": "5"}), "/clauses/0/cap/much"),
        (clause(trigger="factor_changed", lifted_by=["older_factor"]), "/clauses/0/lifted_by"),
        (clause(trigger="new_device", lifted_by=["login_proven"]), "/clauses/0/lifted_by"),
        (clause(trigger="unfrozen", lifted_by=["older_factor"]), "/clauses/0/lifted_by"),
        (clause(lifted_by=["prayer"]), "/clauses/0/lifted_by"),
        (clause(lifted_by=None), "/clauses/0/lifted_by"),
        (clause(lifted_by=5), "/clauses/0/lifted_by"),
        (clause(name="x"), "/clauses/0/name"),
        (lambda document: document.update(currency="yuan"), "/currency"),
        (lambda document: document.update(clauses=[]), "/clauses"),
        (lambda document: document.update(clauses=document["clauses"] * 9), "/clauses"),
        (lambda document: document.update(away={"share": "0.1"}), "/away"),
        (lambda document: document.update(away={"amount": -1}), "/away/amount"),
        (lambda document: document.update(more=1), "/more"),
    ],
)
def test_what_is_wrong_is_pointed_at(change: Callable[[dict[str, Any]], Any], pointer: str) -> None:
    with pytest.raises(RulesError) as refused:
        Rules.from_document(changed(change))
    assert refused.value.pointer == pointer


def test_what_is_named_twice_is_named_once() -> None:
    """The column has room for each of them once."""
    one = Rules.from_document(changed(clause(lifted_by=["older_factor"] * 10))).clauses[0]
    assert one.lifted_by == (Lift.OLDER_FACTOR,)
