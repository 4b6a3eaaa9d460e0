"""A walk is a list of steps that can be printed, walked again and cut short."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from tests.replays.acts import Acts
from tests.replays.calls import Call
from tests.replays.contract import Rule
from tests.replays.world import Site, World

OTHERS = {"wallet": "other_wallet", "other_wallet": "wallet"}


@dataclass(frozen=True)
class Step:
    """`manner` is how its calls are sent, a method of `Walk`."""

    act: str
    arguments: dict[str, Any] = field(default_factory=dict)
    manner: str = "once"

    def __str__(self) -> str:
        said = "".join(f", {name}={value!r}" for name, value in self.arguments.items())
        manner = "" if self.manner == "once" else f", manner={self.manner!r}"
        return f"step({self.act!r}{manner}{said})"


def step(act: str, manner: str = "once", **arguments: Any) -> Step:
    return Step(act, arguments, manner)


class Walk:
    """Takes steps in a world. Each of the first methods is a manner."""

    def __init__(self, site: Site) -> None:
        self.world = World(site)
        self._acts = Acts(self.world, self._deliver)
        self._manner = "once"

    def once(self, call: Call) -> None:
        self.world.send(call)

    def twice(self, call: Call) -> None:
        self.world.send(call)
        self.world.send(call)

    def at_once(self, call: Call) -> None:
        self.world.send(call, times=2)

    def keyed(self, call: Call) -> None:
        self.world.send(call.keyed(self.world.fresh("key")))

    def keyed_twice(self, call: Call) -> None:
        self.twice(call.keyed(self.world.fresh("key")))

    def keyed_at_once(self, call: Call) -> None:
        self.at_once(call.keyed(self.world.fresh("key")))

    def by_both(self, call: Call) -> None:
        """The wallet's other process does not know that the first one was heard."""
        keyed = call.keyed(self.world.fresh("key"))
        self.world.send(keyed)
        self.world.send(keyed.by(OTHERS.get(call.person, call.person)))

    def held(self, call: Call) -> None:
        """It stays on its way, until `late`."""
        self.world.held.append(call.keyed(self.world.fresh("key")))
        self.world.script.append(f"held back: {call}".replace(self.world.account_id, "a"))

    def take(self, one: Step) -> None:
        taken: Callable[..., None]
        if one.act in {"late", "replay"}:
            taken = getattr(self, f"_{one.act}")
        else:
            taken = getattr(self._acts, one.act)
        self._manner = one.manner
        taken(**one.arguments)

    def _deliver(self, call: Call) -> None:
        getattr(self, self._manner)(call)

    def _late(self, back: int) -> None:
        """What was held back arrives."""
        held = self.world.held
        if held:
            self.world.send(held.pop(-1 - back % len(held)))

    def _replay(self, back: int, of: str | None = None, keyed: bool = False) -> None:
        """What was done is sent again, byte for byte."""
        sent = [call for call in self.world.sent if (of is None or call.operation == of)]
        sent = [call for call in sent if call.key or not keyed]
        if sent:
            self.world.send(sent[-1 - back % len(sent)])


def walk(site: Site, steps: Sequence[Step]) -> World:
    """All the steps, in a world of their own."""
    return _until(site, steps, None)[1]


def _until(site: Site, steps: Sequence[Step], rule: Rule | None) -> tuple[list[Step], World]:
    """The steps up to the one by which that rule is broken."""
    taken, done = Walk(site), list[Step]()
    for one in steps:
        taken.take(one)
        done.append(one)
        if any(complaint.rule is rule for complaint in taken.world.complaints):
            break
    return done, taken.world


def shortest(site: Site, steps: Sequence[Step], rule: Rule, *, seconds: float) -> tuple[list[Step], World]:
    """Fewer steps that break the rule as well; as few as are found in that time."""
    ends = time.monotonic() + seconds
    best, world = _until(site, steps, rule)
    size = max(1, len(best) // 2)
    while size and time.monotonic() < ends:
        start = 0
        while start < len(best) and time.monotonic() < ends:
            fewer, tried = _until(site, best[:start] + best[start + size :], rule)
            if any(one.rule is rule for one in tried.complaints):
                best, world = fewer, tried
            else:
                start += size
        size //= 2
    return best, world


def told(steps: Sequence[Step], world: World, rule: Rule) -> str:
    """A failure that can be read, and taken over as a story."""
    first = next((one for one in world.complaints if one.rule is rule), None)
    happened = world.script if first is None else world.script[: first.line + 1]
    lines = [f"{rule} is broken.", "", "What was sent:", *happened, "", "The walk:", *map(str, steps)]
    return "\n".join(lines)
