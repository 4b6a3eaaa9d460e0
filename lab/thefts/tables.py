"""What was played, as text: what each thief gets, and what each honest owner waits for."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import timedelta
from statistics import mean, median

from lab.thefts.honest import KINDS, Payment
from lab.thefts.playing import Taken
from lab.thefts.scripts import SCRIPTS
from lab.thefts.wallet import Asking

ALL = "all scripts"
MIX = "natural mix"
THIEVES = f"{'gone, % of the balance: median mean p95':42}" + "".join(
    f"{column:>20}" for column in ("in the hour", "in a day", "in a week")
)
OWNERS = f"{'payments of honest owners':42}{'payments':>10}" + "".join(
    f"{column:>13}" for column in ("delayed, %", "asked, %", "median wait")
)
# A row of either table: a name, two blanks or more, and figures.
ROW = re.compile(r"(?P<name>\S.*?) {2,}(?P<figures>[-0-9][-0-9. h]*)")


def heading(preset: str, asking: Asking, seeds: int, owners: int) -> str:
    """What the tables below it are of."""
    return f"{preset} · {asking} · {seeds} thefts of each script, {owners} owners of each kind"


def thieves(taken: Sequence[Taken]) -> Iterator[str]:
    """A row for each script, and one for all of them."""
    yield THIEVES
    for script in SCRIPTS:
        of_script = [one for one in taken if one.script == script.name]
        if of_script:
            yield _thieves_row(script.name, of_script)
    yield _thieves_row(ALL, taken)


def _thieves_row(name: str, taken: Sequence[Taken]) -> str:
    columns = ([one.in_hour for one in taken], [one.in_day for one in taken], [one.in_all for one in taken])
    return f"{name:42}" + "".join(f"{_spread(column):>20}" for column in columns)


def _spread(shares: Sequence[float]) -> str:
    ordered = sorted(shares)
    p95 = ordered[min(len(ordered) - 1, int(0.95 * len(ordered)))]
    return "".join(f"{100 * share:6.1f}" for share in (median(shares), mean(shares), p95))


def owners(paid: Sequence[Payment]) -> Iterator[str]:
    """A row for each kind, and one for the mix of them."""
    yield OWNERS
    shares = []
    for kind in KINDS:
        of_kind = [one for one in paid if one.kind == kind.name]
        if of_kind:
            waits = [one.waited for one in of_kind if one.waited is not None]
            delayed, asked = len(waits) / len(of_kind), sum(one.asked for one in of_kind) / len(of_kind)
            shares.append((kind.weight, delayed, asked))
            yield _owners_row(kind.name, len(of_kind), delayed, asked, _hours(waits))
    total = sum(weight for weight, _, _ in shares)
    delayed, asked = (sum(share[0] * share[at] for share in shares) / total for at in (1, 2))
    every = [one.waited for one in paid if one.waited is not None]
    yield _owners_row(MIX, len(paid), delayed, asked, _hours(every))


def _owners_row(name: str, count: int, delayed: float, asked: float, wait: str) -> str:
    return f"{name:42}{count:10}{100 * delayed:13.2f}{100 * asked:13.2f}{wait:>13}"


def _hours(waits: Sequence[timedelta]) -> str:
    return f"{median(wait / timedelta(hours=1) for wait in waits):.1f} h" if waits else "-"


def read(text: str) -> dict[str, list[float]]:
    """The figures of each row, by its name; a wait that nobody had is left out."""
    rows = (ROW.fullmatch(line) for line in text.splitlines())
    return {
        row["name"]: [float(figure) for figure in re.findall(r"[0-9]+(?:\.[0-9]+)?", row["figures"])]
        for row in rows
        if row is not None
    }
