"""What a judge is, and where the judges of a matter are kept."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from tests.replays.calls import Exchange
from tests.replays.contract import Rule
from tests.replays.model import Account

# None where a judge has nothing to say, "" where the answer is as it must be, else what is wrong with it.
Finding = str | None
# Looks at the account as it was before the answer.
Judge = Callable[[Account, Exchange], Finding]


class Judges(list[tuple[Rule, Judge]]):
    """Each is of one rule."""

    def of(self, rule: Rule) -> Callable[[Judge], Judge]:
        def noted(judge: Judge) -> Judge:
            self.append((rule, judge))
            return judge

        return noted


def said(answer: Any) -> Iterator[tuple[str, Any]]:
    """Every name and plain value in an answer."""
    if isinstance(answer, list):
        for one in answer:
            yield from said(one)
    elif isinstance(answer, dict):
        for name, value in answer.items():
            if isinstance(value, str | bool):
                yield name, value
            else:
                yield from said(value)
