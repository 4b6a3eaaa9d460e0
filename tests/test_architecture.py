"""The structure that docs and newcomers rely on: who imports whom, and how long a file may grow."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import grimp
import pytest

ROOT = Path(__file__).parent.parent
LONGEST_FILE = 300
# Who needs every table: the migrations, and the rotation of the keys that some columns are sealed with.
GATHER_TABLES = {"secmon.models", "secmon.keys.registry"}


@pytest.fixture(scope="module")
def imports() -> set[tuple[str, str]]:
    """Every direct import inside the package: who, whom."""
    graph = grimp.build_graph("secmon", cache_dir=None)
    return {(who, whom) for who in graph.modules for whom in graph.find_modules_directly_imported_by(who)}


def test_imports_run_downwards():
    checked = subprocess.run(
        [Path(sys.executable).with_name("lint-imports"), "--no-logo", "--no-cache"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert checked.returncode == 0, checked.stdout


def test_a_neighbours_tables_are_its_own(imports: set[tuple[str, str]]):
    assert not {
        (who, whom)
        for who, whom in imports
        if whom.endswith(".models") and domain(who) != domain(whom) and who not in GATHER_TABLES
    }


def test_nothing_below_imports_a_route(imports: set[tuple[str, str]]):
    assert not {(who, whom) for who, whom in imports if whom.endswith(".routes") and domain(who) != "app"}


@pytest.mark.parametrize("folder", ["secmon", "migrations", "bench", "tools", "tests"])
def test_files_stay_short(folder: str):
    assert not {path: length for path, length in lengths(ROOT / folder) if length > LONGEST_FILE}


def domain(module: str) -> str:
    return module.split(".")[1] if "." in module else ""


def lengths(folder: Path) -> Iterator[tuple[str, int]]:
    for path in folder.rglob("*.py"):
        yield str(path.relative_to(ROOT)), len(path.read_text("utf-8").splitlines())
