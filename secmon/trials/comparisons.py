"""Two policies compared on the same logins.

Counted with some examples, added up in the database, shown.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import delete, select, tuple_

from secmon.database.rows import ROWS, encode, given_rows
from secmon.database.tables import ACCOUNT_ID
from secmon.database.upsert import insert_for, insert_or_ignore
from secmon.database.work import Work
from secmon.risk.assess import Assessment
from secmon.risk.signals import Signal, SignalCode, TermCode
from secmon.trials.models import ChangedDecision, ComparedDecisions
from secmon.wording.reasons import detail

MOST_EXAMPLES = 50


@dataclass(frozen=True, slots=True)
class Result:
    """`logins` compared; how many got each decision; which decisions differ, the most frequent first."""

    logins: int
    before: dict[str, int]
    after: dict[str, int]
    changed: list[dict[str, Any]]
    examples: list[dict[str, Any]]


def add(work: Work, comparison: str, counts: Mapping[Pair, int], examples: Sequence[Example]) -> None:
    """Adds to what is stored already."""
    if counts:
        insert = insert_for(work.dialect.name, ComparedDecisions)
        total = {"logins": ComparedDecisions.logins + insert.excluded.logins}
        key = [ComparedDecisions.comparison, ComparedDecisions.before, ComparedDecisions.after]
        # In one order, so that two processes never wait for each other in a circle.
        rows = [
            {"comparison": comparison, "before": before, "after": after, "logins": logins}
            for (before, after), logins in sorted(counts.items())
        ]
        work.session.execute(insert.on_conflict_do_update(index_elements=key, set_=total), rows)
    if examples:
        rows = [{"comparison": comparison, **asdict(example)} for example in examples]
        work.session.execute(insert_or_ignore(work, ChangedDecision), rows)


def counts_of(work: Work, comparison: str) -> dict[Pair, int]:
    """How many logins each pair of decisions got."""
    found = work.session.execute(
        select(ComparedDecisions.before, ComparedDecisions.after, ComparedDecisions.logins).where(
            ComparedDecisions.comparison == comparison
        )
    )
    return {(before, after): logins for before, after, logins in found}


def result_of(work: Work, comparison: str, locale: str) -> Result:
    """Everything that was found so far, reasons as sentences in `locale`."""
    counts = counts_of(work, comparison)
    before, after = totals(counts)
    changed = [(pair, logins) for pair, logins in counts.items() if pair[0] != pair[1]]
    return Result(
        sum(counts.values()),
        before,
        after,
        [
            {"before": first, "after": second, "logins": logins}
            for (first, second), logins in sorted(changed, key=lambda each: -each[1])
        ],
        _examples(work, comparison, locale),
    )


def forget(work: Work, comparison: str) -> None:
    """Deletes a comparison's counts and examples."""
    for table in (ComparedDecisions, ChangedDecision):
        work.session.execute(delete(table).where(table.comparison == comparison))


def forget_logins(work: Work, logins: Sequence[tuple[str, str]]) -> None:
    """Removes these logins, by account and event, from the examples; they stay counted."""
    dialect = work.dialect
    given = given_rows(dialect.name, {"account_id": ACCOUNT_ID, "event_id": ACCOUNT_ID})
    key = tuple_(ChangedDecision.account_id, ChangedDecision.event_id)
    gone = delete(ChangedDecision).where(key.in_(select(given.c.account_id, given.c.event_id)))
    work.session.execute(
        gone, {ROWS: encode(logins, dialect)}, execution_options={"synchronize_session": False}
    )


def erase(work: Work, account_id: str) -> None:
    """Removes the account's logins from the examples; they stay counted."""
    work.session.execute(delete(ChangedDecision).where(ChangedDecision.account_id == account_id))


def _examples(work: Work, comparison: str, locale: str) -> list[dict[str, Any]]:
    newest = (
        select(ChangedDecision)
        .where(ChangedDecision.comparison == comparison)
        .order_by(ChangedDecision.occurred_at.desc(), ChangedDecision.account_id, ChangedDecision.event_id)
        .limit(MOST_EXAMPLES)
    )
    return [
        {
            "account_id": row.account_id,
            "event_id": row.event_id,
            "occurred_at": row.occurred_at,
            "before": read(row.before, locale),
            "after": read(row.after, locale),
        }
        for row in work.session.scalars(newest)
    ]


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
