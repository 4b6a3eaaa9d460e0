"""Evaluating and fitting.

NumPy, SciPy, scikit-learn and Matplotlib are development requirements, loaded when asked for.
"""

import json
import re
from collections.abc import Collection, Iterator, Mapping
from importlib import import_module
from pathlib import Path
from typing import Any

from lab.splits import ACCOUNTS_A_WALLET, TEST_SEEDS, TRAIN_SEEDS, judged
from secmon.risk.policy import Policy
from secmon.risk.shipped import DEFAULT_NAME, shipped

# Another machine's linear algebra may round the last digit of a weight elsewhere.
FIT_TOLERANCE = 0.002


def evaluate(
    folder: Path,
    seeds: range = TEST_SEEDS,
    accounts: int = ACCOUNTS_A_WALLET,
    without: Collection[str] = (),
    name: str = DEFAULT_NAME,
) -> str:
    """Judge wallets that taught nothing under a shipped policy; the tables, and a report in `folder`.

    `without` names features and signals to leave out. Raises ModuleNotFoundError where the development
    requirements are not installed.
    """
    figures, report = _developers("figures"), _developers("report")
    policy = less(without, name)
    scored = figures.joined(figures.collect(judged(policy, [seed], accounts)) for seed in seeds)
    report.write(scored, folder)
    tables: str = report.tables(scored)
    return tables


def less(names: Collection[str], policy: str = DEFAULT_NAME) -> Policy:
    """A shipped policy with these features and signals weighing nothing."""
    document = shipped(policy).to_document()
    for part in ("features", "signals"):
        document[part] = {name: 0.0 if name in names else weight for name, weight in document[part].items()}
    return Policy.from_document(document)


def fit(folder: Path, seeds: range = TRAIN_SEEDS, accounts: int = ACCOUNTS_A_WALLET) -> None:
    """Fit the weights anew and write each policy's document into `folder`. Raises as `evaluate`."""
    for name, document in _developers("fitting").fit(seeds, accounts).items():
        _file(folder, name).write_text(json.dumps(document, indent=2) + "\n", encoding="utf-8")


def _file(folder: Path, name: str) -> Path:
    return folder / f"{name}.json"


def measure(file: Path, seeds: range = TEST_SEEDS, accounts: int = ACCOUNTS_A_WALLET) -> None:
    """Measure all shipped policies and write the figures to `file`. Raises as `evaluate`."""
    found: dict[str, Any] = _developers("measuring").measure(seeds, accounts)
    # A curve is a line.
    written = re.sub(
        r"\[[^\[\]]*\]", lambda numbers: " ".join(numbers[0].split()), json.dumps(found, indent=2)
    )
    file.write_text(written + "\n", encoding="utf-8")


def check_fit(folder: Path, seeds: range = TRAIN_SEEDS, accounts: int = ACCOUNTS_A_WALLET) -> list[str]:
    """Fit anew, write nothing, and say in which fields the files differ, if in any. Raises as `fit`."""
    found: dict[str, Any] = _developers("fitting").fit(seeds, accounts)
    written = {name: json.loads(_file(folder, name).read_text(encoding="utf-8")) for name in found}
    return list(differences(written, found))


def differences(shipped: Mapping[str, Any], fitted: Mapping[str, Any], pointer: str = "") -> Iterator[str]:
    """One sentence a field of two policy documents that are not the same."""
    for name in sorted({*shipped, *fitted}):
        here, there = shipped.get(name), fitted.get(name)
        if isinstance(here, dict) and isinstance(there, dict):
            yield from differences(here, there, f"{pointer}/{name}")
        elif not _is_same(here, there):
            yield f"{pointer}/{name}: {here} is written, {there} is found"


def _is_same(here: Any, there: Any) -> bool:
    if isinstance(here, float) and isinstance(there, float):
        return abs(here - there) <= FIT_TOLERANCE
    return bool(here == there)


def _developers(module: str) -> Any:
    return import_module(f"lab.{module}")
