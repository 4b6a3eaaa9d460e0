"""The structure that docs and newcomers rely on: who imports whom, and how long a file may grow.

Each rule names the files that it does not hold for, so that a file of any new name is under it.
"""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import grimp
import pytest

ROOT = Path(__file__).parent.parent
LONGEST_FILE = 300
LARGEST_ROOM = 25
HTTP = {"flask", "werkzeug", "marshmallow"}
DATABASE = {"sqlalchemy", "psycopg"}
# Where a request comes in and goes out: files by name, and rooms of which all is edge.
EDGE_FILES = re.compile(r"(.*_)?routes|schemas|requests|install|blueprint")
EDGE_ROOMS = {"app", "cli", "console", "observing", "openapi", "pages", "serving", "web"}
ROUTES = re.compile(r"(.*_)?(routes|schemas)")
CALLED = re.compile(r"(.*_)?routes")
# Rooms that are told everything that they need to know.
PURE_ROOMS = {"core", "geo", "risk", "wording"}

Import = tuple[str, str]
Imports = set[Import]


def knows_http(imports: Imports) -> Imports:
    """Imports of a web library but at the edge."""
    return {
        (who, whom)
        for who, whom in imports
        if whom in HTTP and room(who) not in EDGE_ROOMS and not EDGE_FILES.fullmatch(file(who))
    }


def knows_database(imports: Imports) -> Imports:
    """Imports of a database library where requests come in, and where nothing is stored at all."""
    return {
        (who, whom)
        for who, whom in imports
        if whom in DATABASE and (ROUTES.fullmatch(file(who)) or room(who) in PURE_ROOMS)
    }


def reads_neighbours_tables(imports: Imports) -> Imports:
    """Imports of another room's tables."""
    return {
        (who, whom)
        for who, whom in imports
        if file(whom) == "models" and room(whom) and room(who) != room(whom)
    }


def calls_routes(imports: Imports) -> Imports:
    """Imports of routes but by the file that hands them over."""
    return {(who, whom) for who, whom in imports if CALLED.fullmatch(file(whom)) and file(who) != "room"}


RULES: tuple[Callable[[Imports], Imports], ...] = (
    knows_http,
    knows_database,
    reads_neighbours_tables,
    calls_routes,
)
# A file of a name that nothing is known of, what it imports, and the rule that must see it.
PLANTED = (
    ("freezes/thawing.py", "from flask import request", knows_http),
    ("cases/service.py", "import marshmallow", knows_http),
    ("accounts/gate.py", "from werkzeug.exceptions import BadRequest", knows_http),
    ("wording/choosing.py", "def chosen():\n    from flask import request", knows_http),
    ("twofactor/setup_routes.py", "import sqlalchemy", knows_database),
    ("alerts/schemas.py", "from psycopg.pq import PGconn", knows_database),
    ("risk/remembering.py", "from sqlalchemy import select", knows_database),
    ("logins/peeking.py", "from secmon.cases.models import Case", reads_neighbours_tables),
    ("worker/duties.py", "from secmon.outbox import models", reads_neighbours_tables),
    ("alerts/calling.py", "from secmon.devices import routes", calls_routes),
)
PLANTED_UPWARDS = (
    ("cases/upwards.py", "from secmon.logins import ingest"),
    ("core/upwards.py", "from secmon.database import work"),
    ("accounts/upwards.py", "from secmon.history import timeline"),
    ("worker/measuring.py", "from bench import report"),
)


@pytest.fixture(scope="module")
def imports() -> Imports:
    return imports_of(ROOT)


@pytest.mark.parametrize("rule", RULES)
def test_a_rule_holds(imports: Imports, rule: Callable[[Imports], Imports]):
    assert not rule(imports)


@pytest.mark.parametrize(("path", "line", "rule"), PLANTED)
def test_a_rule_sees_what_breaks_it(
    imports: Imports,
    planted: Callable[[str, str], Path],
    path: str,
    line: str,
    rule: Callable[[Imports], Imports],
):
    """In a copy, which is looked at and never imported."""
    seen = rule(imports_of(planted(path, line))) - rule(imports)
    assert {who for who, _ in seen} == {"secmon." + path.removesuffix(".py").replace("/", ".")}


def test_imports_run_downwards():
    checked = lint(ROOT)
    assert checked.returncode == 0, checked.stdout


@pytest.mark.parametrize(("path", "line"), PLANTED_UPWARDS)
def test_an_import_upwards_is_seen(planted: Callable[[str, str], Path], path: str, line: str):
    checked = lint(planted(path, line))
    assert checked.returncode == 1
    assert "secmon." + path.removesuffix(".py").replace("/", ".") in checked.stdout


def test_no_files_go_round_in_a_circle():
    graph = grimp.build_graph("secmon", cache_dir=None)
    circles = {
        (who, whom)
        for who in graph.modules
        for whom in graph.find_modules_directly_imported_by(who)
        if graph.chain_exists(importer=whom, imported=who)
    }
    assert not circles


@pytest.mark.parametrize("folder", ["secmon", "migrations", "lab", "bench", "tools", "tests"])
def test_files_stay_short(folder: str):
    assert not {path: length for path, length in lengths(ROOT / folder) if length > LONGEST_FILE}


def test_rooms_stay_small():
    sizes = {
        path.name: len(list(path.glob("*.py"))) - 1 for path in (ROOT / "secmon").iterdir() if path.is_dir()
    }
    assert not {name: size for name, size in sizes.items() if size > LARGEST_ROOM}


@pytest.fixture
def planted(tmp_path: Path) -> Callable[[str, str], Path]:
    """Copies the package, adds a line to a file of it, old or new, and says where the copy lies."""

    def plant(path: str, line: str) -> Path:
        for name in ("secmon", "migrations", "lab", "bench", "tools"):
            shutil.copytree(ROOT / name, tmp_path / name, ignore=shutil.ignore_patterns("__pycache__"))
        shutil.copy(ROOT / "pyproject.toml", tmp_path)
        file_of = tmp_path / "secmon" / path
        before = file_of.read_text("utf-8") if file_of.exists() else ""
        file_of.write_text(f"{before}\n{line}\n", "utf-8")
        return tmp_path

    return plant


def imports_of(folder: Path) -> Imports:
    """Every direct import of the package in that folder: who, whom. Others' packages by their top level."""
    script = (
        "import grimp; graph = grimp.build_graph('secmon', include_external_packages=True, cache_dir=None)\n"
        "for who in graph.modules:\n"
        "    for whom in graph.find_modules_directly_imported_by(who): print(who, whom)"
    )
    told = subprocess.run(
        [sys.executable, "-c", script], cwd=folder, capture_output=True, text=True, check=True
    )
    return {(who, whom) for who, whom in map(str.split, told.stdout.splitlines())}


def lint(folder: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [Path(sys.executable).with_name("lint-imports"), "--no-logo", "--no-cache"],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
    )


def room(module: str) -> str:
    """The folder, or the file beside the folders; nothing for another distribution."""
    package, _, rest = module.partition(".")
    return rest.partition(".")[0] if package == "secmon" else ""


def file(module: str) -> str:
    return module.rpartition(".")[2]


def lengths(folder: Path) -> Iterator[tuple[str, int]]:
    for path in folder.rglob("*.py"):
        yield str(path.relative_to(ROOT)), len(path.read_text("utf-8").splitlines())
