"""What PostgreSQL does for a piece of work: each statement's plan and time, as EXPLAIN ANALYZE tells them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Engine, event

Node = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Plan:
    """One statement that was run, its plan's root, and how long it took in the database."""

    statement: str
    root: Node
    milliseconds: float

    def nodes(self) -> Iterator[Node]:
        """All nodes of the plan."""
        waiting = [self.root]
        while waiting:
            node = waiting.pop()
            yield node
            waiting += node.get("Plans", [])

    def scanned_whole(self) -> set[str]:
        """The tables that were read from end to end."""
        return {node["Relation Name"] for node in self.nodes() if node["Node Type"] == "Seq Scan"}


def explained(engine: Engine, do: Callable[[], object]) -> list[Plan]:
    """Runs `do`, then explains every SELECT that it sent through `engine`, with the same parameters."""
    sent: list[tuple[str, Any]] = []

    def remember(_connection: Any, _cursor: Any, statement: str, parameters: Any, *_: Any) -> None:
        if statement.startswith("SELECT"):
            sent.append((statement, parameters))

    event.listen(engine, "before_cursor_execute", remember)
    try:
        do()
    finally:
        event.remove(engine, "before_cursor_execute", remember)
    with engine.connect() as connection:
        return [_plan(connection.connection.driver_connection, *one) for one in sent]


def _plan(driver: Any, statement: str, parameters: Any) -> Plan:
    answer = driver.execute(f"EXPLAIN (ANALYZE, FORMAT JSON) {statement}", parameters).fetchone()
    found = answer[0][0]
    return Plan(statement, found["Plan"], found["Planning Time"] + found["Execution Time"])
