"""Comparisons in the database: added to by several processes, read, forgotten."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from sqlalchemy import delete, select, tuple_

from secmon.database.rows import ROWS, encode, given_rows
from secmon.database.tables import ACCOUNT_ID
from secmon.database.upsert import insert_for, insert_or_ignore
from secmon.database.work import Work
from secmon.trials.comparing import Example, Pair, read, totals
from secmon.trials.models import ChangedDecision, ComparedDecisions

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
