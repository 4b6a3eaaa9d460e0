"""Caps as properties: never exceeded, however it is split, whatever is told, however holds overlap."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from secmon.accounts.gate import Action, Restriction, Standing, allows, live
from secmon.core.money import Ask, Cap, Moved, fits

NOW = datetime(2026, 11, 22, 2, 0, tzinfo=UTC)
AMOUNTS = st.decimals(min_value="0", max_value="2000", places=2)
SHARES = st.decimals(min_value="0.01", max_value="0.99", places=2)
CAPS = st.builds(
    Cap,
    share=st.none() | SHARES,
    amount=st.decimals(min_value="1", max_value="900", places=2),
    currency=st.just("CNY"),
    each=st.none() | AMOUNTS.filter(bool),
)


@given(CAPS, st.lists(AMOUNTS, max_size=30), st.decimals("1", "5000", places=2))
def test_what_goes_in_all_is_never_more_than_the_cap(
    cap: Cap, amounts: list[Decimal], balance: Decimal
) -> None:
    moved, gone = Moved(), Decimal(0)
    for amount in amounts:
        ask = Ask(amount, "CNY", balance - gone)
        if fits(ask, cap, moved):
            moved, gone = moved.after(ask, cap), gone + amount
    assert gone <= (cap.share * balance if cap.share is not None else cap.amount or 0)


@given(CAPS, st.lists(st.tuples(AMOUNTS, st.none() | AMOUNTS), min_size=1, max_size=30))
def test_H05_a_balance_told_falsely_never_makes_more_than_the_least_that_was_told(
    cap: Cap, asks: list[tuple[Decimal, Decimal | None]]
) -> None:
    moved, gone, least = Moved(), Decimal(0), None
    for amount, balance in asks:
        ask = Ask(amount, "CNY", balance)
        if fits(ask, cap, moved):
            if balance is not None:
                least = balance + gone if least is None else min(least, balance + gone)
            moved, gone = moved.after(ask, cap), gone + amount
            limits = [cap.amount or Decimal(0)]
            if cap.share is not None and least is not None:
                limits.append(cap.share * least)
            assert gone <= max(limits)


@given(CAPS, CAPS, AMOUNTS, AMOUNTS)
def test_the_stricter_of_two_caps_lets_no_more_go_than_either(
    one: Cap, other: Cap, amount: Decimal, balance: Decimal
) -> None:
    ask = Ask(amount, "CNY", balance)
    if one.share is not None and other.share is not None and fits(ask, one.stricter(other), Moved()):
        assert fits(ask, one, Moved())
        assert fits(ask, other, Moved())


RESTRICTIONS = st.builds(
    Restriction,
    action=st.sampled_from(["transfer", "withdraw", "add_payee"]),
    until=st.integers(-5, 5).map(lambda hours: NOW + timedelta(hours=hours)),
    reason=st.sampled_from(["new_device", "phone_changed"]),
    cap=st.none() | CAPS,
)


@given(st.lists(RESTRICTIONS, max_size=8), st.sampled_from([*Action]), st.none() | AMOUNTS, AMOUNTS)
def test_of_holds_that_overlap_the_strictest_wins(
    held: list[Restriction], action: Action, amount: Decimal | None, balance: Decimal
) -> None:
    ask = None if amount is None else Ask(amount, "CNY", balance)
    standing = live([one.stored() for one in held], NOW)
    together = allows(action, Standing.ACTIVE, standing, (), ask)
    alone = [allows(action, Standing.ACTIVE, [one], (), ask) for one in standing]
    assert together == all(alone)


@given(RESTRICTIONS)
def test_a_restriction_is_read_back_as_it_was_stored(held: Restriction) -> None:
    assert live([held.stored()], NOW - timedelta(hours=9)) == [held]


@given(AMOUNTS, AMOUNTS, AMOUNTS.filter(bool))
def test_a_fence_keeps_what_it_keeps(amount: Decimal, balance: Decimal, fence: Decimal) -> None:
    cap = Cap(amount=fence, currency="CNY", keeps=True)
    assert fits(Ask(amount, "CNY", balance), cap, Moved()) == (balance - amount >= fence)
    assert not fits(Ask(amount, "CNY", None), cap, Moved())
