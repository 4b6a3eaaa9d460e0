"""What the gate must say after every answer: no where something holds, and yes where nothing does."""

from __future__ import annotations

from collections import Counter
from datetime import datetime, timedelta
from typing import Any, Protocol

from tests.replays.contract import TOMBSTONE, Rule
from tests.replays.model import Account
from tests.service import FakeClock

# What happens holds no money for longer than this.
QUIET_FOR = timedelta(hours=25)


class Judged(Protocol):
    """Whose gate it is, and who hears the complaints."""

    account: Account
    clock: FakeClock
    tried: Counter[Rule]

    def complain(self, rule: Rule, what: str) -> None: ...


def judge(world: Judged, shown: dict[str, Any]) -> None:
    """Afterwards the model goes on from what the service says, so that one fault is complained of once."""
    account, now = world.account, world.clock.now
    _judge_required(world, account, now, shown["required_actions"])
    _judge_standing(world, account, shown["standing"])
    holding = account.holding(now)
    for rule, _ in holding:
        world.tried[rule] += 1
    if holding and shown["allowed"]:
        rule, why = holding[0]
        world.complain(rule, f"the gate says allowed: {why}")
    elif not holding and _must_let_in(account, now, shown["required_actions"]):
        world.tried[Rule.OPEN] += 1
        if not shown["allowed"]:
            world.complain(Rule.OPEN, f"nothing holds the account, and the gate says {shown}")
    _follow(account, now, shown)


def _judge_required(world: Judged, account: Account, now: datetime, listed: list[str]) -> None:
    for action, one in account.owed(now).items():
        if action not in listed:
            world.complain(one.rule, f"{action} is not required any more")
            world.tried[one.rule] += 1
            del account.required[action]


def _judge_standing(world: Judged, account: Account, standing: str) -> None:
    world.tried[Rule.FROZEN] += account.frozen
    if account.frozen and standing != "frozen":
        world.complain(Rule.FROZEN, f"a freeze was answered, and the account is {standing}")
    elif standing == "frozen" and not account.frozen:
        world.complain(Rule.OPEN, "frozen, and nobody was told so")


def _must_let_in(account: Account, now: datetime, listed: list[str]) -> bool:
    """Nothing has happened for a day, and the owner owes nothing."""
    returned = account.erased_at is not None and now < account.erased_at + TOMBSTONE
    return not listed and not returned and now > account.moved_at + QUIET_FOR


def _follow(account: Account, now: datetime, shown: dict[str, Any]) -> None:
    if account.freeze is not None and shown["standing"] == "active":
        account.freeze.lifted_at = account.freeze.lifted_at or now
        account.freeze = None
    if shown["allowed"]:
        account.holds.clear()
