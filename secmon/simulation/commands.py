"""What `secmon simulate`, `secmon evaluate` and `secmon fit` do.

Only evaluating and fitting need the development requirements (NumPy, SciPy, scikit-learn, Matplotlib), so
they are loaded when asked for.
"""

import json
from collections.abc import Iterator
from datetime import datetime
from importlib import import_module
from pathlib import Path
from typing import Any

from secmon.risk.shipped import DEFAULT_POLICY
from secmon.simulation.kinds import Attack, Message
from secmon.simulation.shape import Shape
from secmon.simulation.splits import ACCOUNTS_A_WALLET, TEST_SEEDS, TRAIN_SEEDS, judged
from secmon.simulation.wallet import wallet


def simulate(accounts: int, days: int, seed: int, start: datetime) -> list[Message]:
    """Every message of a simulated wallet in the order of delivery, with the truth beside it.

    `start` is aware; `days` after it the last login is made. The same arguments give the same messages.
    """
    return wallet(Shape(accounts=accounts, days=days), seed, start)


def as_lines(messages: list[Message]) -> Iterator[str]:
    """One JSON object a message: endpoint, time of delivery, truth, answer to a challenge, and the body."""
    for message in messages:
        yield json.dumps(
            {
                "subject": message.subject,
                "delivered_at": message.delivered_at.isoformat(),
                "kind": message.kind,
                "attack": isinstance(message.kind, Attack),
                "answer": message.answer,
                "body": message.body,
            },
            ensure_ascii=False,
        )


def evaluate(folder: Path, seeds: range = TEST_SEEDS, accounts: int = ACCOUNTS_A_WALLET) -> str:
    """Judge wallets that taught nothing under the shipped policy; the tables, and a report in `folder`.

    Raises ModuleNotFoundError where the development requirements are not installed.
    """
    figures, report = _developers("figures"), _developers("report")
    scored = figures.collect(judged(DEFAULT_POLICY, seeds, accounts), DEFAULT_POLICY)
    report.write(scored, folder)
    tables: str = report.tables(scored)
    return tables


def fit(file: Path, seeds: range = TRAIN_SEEDS) -> dict[str, Any]:
    """Fit the weights anew and write the policy document to `file`. Raises as `evaluate`."""
    document: dict[str, Any] = _developers("fitting").fit(seeds)
    file.write_text(json.dumps(document, indent=2) + "\n", encoding="utf-8")
    return document


def _developers(module: str) -> Any:
    return import_module(f"secmon.simulation.{module}")
