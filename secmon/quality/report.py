"""Precision and recall from the counts of weeks, and what they rest on.

Of a login that was let in, and that nobody was asked about, nobody says anything: recall among labelled
logins is an upper bound. The random sample (`notify.sample`) draws logins whatever was decided; what its
owners disown among those that were let in tells how many more there are.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any

from secmon.core.proportions import Proportion
from secmon.database.work import Work
from secmon.quality import counting
from secmon.quality.counting import Counts
from secmon.quality.labels import Source
from secmon.quality.verdicts import Truth
from secmon.risk.assess import Decision

# A year is enough to see it change; the latest four weeks are what is told as of now.
MOST_WEEKS, LATEST = 52, 4
CAUGHT = (Decision.CHALLENGE, Decision.DENY)
_ADDED = ("logins", "labels", "said", "signals", "drawn")


def report(work: Work) -> dict[str, Any]:
    """The latest four weeks together, and each week by itself, oldest first."""
    weeks = counting.stored(work, MOST_WEEKS)
    return {
        "counted_at": max((one.counted_at for one in weeks), default=None),
        "latest": quality([_counts(one) for one in weeks[-LATEST:]]),
        "weeks": [{"week": one.week.isoformat(), **quality([_counts(one)])} for one in weeks],
    }


def latest(work: Work) -> dict[str, Any] | None:
    """The latest four weeks alone; None where nothing was ever counted."""
    weeks = counting.stored(work, LATEST)
    return quality([_counts(one) for one in weeks]) if weeks else None


def quality(weeks: Sequence[Counts]) -> dict[str, Any]:
    """What the counts of some weeks say together."""
    added = {name: _sum(week.get(name, {}) for week in weeks) for name in _ADDED}
    labels, drawn, logins = added["labels"], added["drawn"], added["logins"]
    caught = {truth: sum(labels[f"{truth} {decision}"] for decision in CAUGHT) for truth in Truth}
    let_in = {truth: labels[f"{truth} {Decision.ALLOW}"] for truth in Truth}
    takeovers = caught[Truth.TAKEOVER] + let_in[Truth.TAKEOVER]
    owners = caught[Truth.OWNER] + let_in[Truth.OWNER]
    return {
        "logins": {str(decision): logins[decision] for decision in Decision},
        "not_let_in": Proportion(sum(logins[one] for one in CAUGHT), sum(logins.values())).shown(),
        "labels": {str(Truth.OWNER): owners, str(Truth.TAKEOVER): takeovers},
        "sources": {
            str(source): {str(truth): added["said"][f"{source} {truth}"] for truth in Truth}
            for source in Source
        },
        "conflicts": sum(week["conflicts"] for week in weeks),
        "abandoned": sum(week["abandoned"] for week in weeks),
        "precision": Proportion(caught[Truth.TAKEOVER], sum(caught.values())).shown(),
        "recall": Proportion(caught[Truth.TAKEOVER], takeovers).shown(),
        "random_sample": _random_sample(drawn, caught[Truth.TAKEOVER], logins[Decision.ALLOW]),
        "signals": _signals(added["signals"], takeovers),
    }


def _random_sample(drawn: Counter[str], caught: int, let_in: int) -> dict[str, Any]:
    answered = drawn[Truth.OWNER] + drawn[Truth.TAKEOVER]
    missed = Proportion(drawn[Truth.TAKEOVER], answered)
    return {
        "asked": sum(drawn.values()),
        "answered": Proportion(answered, sum(drawn.values())).shown(),
        "missed": missed.shown(),
        "recall": _recall(missed, caught, let_in),
    }


def _recall(missed: Proportion, caught: int, let_in: int) -> dict[str, float | None]:
    """Of all takeovers, those caught; missed is the share that the sample has, of all that was let in."""
    if missed.share is None or missed.interval is None or not caught:
        return {"share": None, "low": None, "high": None}
    low, high = missed.interval
    of = {"share": missed.share, "low": high, "high": low}
    return {name: round(caught / (caught + share * let_in), 5) for name, share in of.items()}


def _signals(counted: Counter[str], takeovers: int) -> dict[str, Any]:
    """By code, the most often labelled first."""
    found: dict[str, Counter[str]] = {}
    for name, logins in counted.items():
        code, _, truth = name.partition(" ")
        found.setdefault(code, Counter())[truth] += logins
    return {
        code: {
            "precision": Proportion(truths[Truth.TAKEOVER], sum(truths.values())).shown(),
            "recall": Proportion(truths[Truth.TAKEOVER], takeovers).shown(),
        }
        for code, truths in sorted(found.items(), key=lambda one: (-sum(one[1].values()), one[0]))
    }


def _counts(week: Any) -> Counts:
    counts: Counts = json.loads(week.counts)
    return counts


def _sum(counts: Iterable[dict[str, int]]) -> Counter[str]:
    total = Counter[str]()
    for one in counts:
        total.update(one)
    return total
