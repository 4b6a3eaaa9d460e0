"""Two policies on the same logins: how often each pair of decisions comes, and some examples. Pure."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from secmon.risk.assess import Assessment
from secmon.risk.signals import Signal, SignalCode, TermCode
from secmon.wording.reasons import detail

# There are six kinds of change between three decisions: fifty examples at the most.
EXAMPLES_A_KIND = 8

# The decision before, and the decision after.
Pair = tuple[str, str]

_CODES: Mapping[str, SignalCode | TermCode] = {str(code): code for code in (*SignalCode, *TermCode)}


@dataclass(frozen=True, slots=True)
class Example:
    """A login that is decided differently; `before` and `after` as `written` has them."""

    account_id: str
    event_id: str
    occurred_at: datetime
    before: str
    after: str


class Comparison:
    """Counts and examples, to be taken away from time to time."""

    def __init__(self, counted: Mapping[Pair, int] | None = None) -> None:
        """`counted`: what was taken away before, by this process or another."""
        self._counts: Counter[Pair] = Counter()
        self._examples: list[Example] = []
        self._shown: Counter[Pair] = Counter(counted or {})
        self._last: dict[Pair, str] = {}

    def add(
        self, account_id: str, event_id: str, occurred_at: datetime, before: Assessment, after: Assessment
    ) -> None:
        """One login under both policies."""
        pair = (str(before.decision), str(after.decision))
        self._counts[pair] += 1
        if before.decision is after.decision or self._last.get(pair) == account_id:
            return
        self._last[pair] = account_id
        if self._shown[pair] < EXAMPLES_A_KIND:
            self._shown[pair] += 1
            example = Example(account_id, event_id, occurred_at, written(before), written(after))
            self._examples.append(example)

    def take(self) -> tuple[Counter[Pair], list[Example]]:
        """What came since the last call."""
        taken = self._counts, self._examples
        self._counts, self._examples = Counter(), []
        return taken


def written(assessment: Assessment) -> str:
    """An assessment as JSON text, in no language yet."""
    signals = [[signal.code, round(signal.weight, 2), dict(signal.facts)] for signal in assessment.signals]
    return json.dumps(
        {"decision": assessment.decision, "score": round(assessment.score, 4), "signals": signals},
        ensure_ascii=False,
    )


def read(text: str, locale: str) -> dict[str, Any]:
    """What `written` wrote, its reasons as sentences."""
    judged: dict[str, Any] = json.loads(text)
    judged["signals"] = [
        {"code": code, "weight": weight, "detail": detail(Signal(_CODES[code], weight, facts), locale)}
        for code, weight, facts in judged["signals"]
    ]
    return judged


def totals(counts: Mapping[Pair, int]) -> tuple[dict[str, int], dict[str, int]]:
    """How many logins each decision got before, and how many after."""
    before = dict.fromkeys(("allow", "challenge", "deny"), 0)
    after = dict(before)
    for (first, second), logins in counts.items():
        before[first] += logins
        after[second] += logins
    return before, after
