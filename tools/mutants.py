"""`python -m tools.mutants ROOM…` changes a room's code in one place at a time, and runs its tests on each.

What survives is a rule that no test states, or a change that makes no difference: a reader tells the two
apart (`mutmut show NAME`). Tests run on SQLite alone, in a copy below `mutants/`; what was found is kept
there, so that a run that was stopped goes on where it was.
"""

from __future__ import annotations

import os
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from mutmut import configuration
from mutmut.__main__ import cli
from mutmut.mutation.data import SourceFileMutationData
from mutmut.stats import status_by_exit_code

# Those that decide something.
ROOMS = ("risk", "twofactor", "freezes", "accounts", "alerts", "outbox", "cases")


def main() -> None:
    rooms = sys.argv[1:] or list(ROOMS)
    for room in rooms:
        run_in_a_child(room)
    for room in rooms:
        report(room)


def run_in_a_child(room: str) -> None:
    """Mutation forks of a process that has run the tests once: each room of a fresh one."""
    child = os.fork()
    if child:
        os.waitpid(child, 0)
        return
    chosen = configuration.config()
    chosen.only_mutate = [f"secmon/{room}/*"]
    chosen.pytest_add_cli_args_test_selection = [f"tests/{room}"]
    cli(["run"])


def report(room: str) -> None:
    found = dict(verdicts(room))
    counted = ", ".join(f"{many} {verdict}" for verdict, many in Counter(found.values()).most_common())
    print(f"{room}: {len(found)} mutants, {counted}")
    for name in sorted(name for name, verdict in found.items() if verdict != "killed"):
        print(f"  {name}: {found[name]}")


def verdicts(room: str) -> Iterator[tuple[str, str]]:
    for path in sorted(Path("secmon", room).rglob("*.py")):
        data = SourceFileMutationData(path=path)
        data.load()
        for name, exit_code in data.exit_code_by_key.items():
            yield name, status_by_exit_code[exit_code]


if __name__ == "__main__":
    main()
