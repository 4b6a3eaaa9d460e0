"""Every requirement, attack and fault of docs/security.md is shown by a test that names it."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

TESTS = Path(__file__).parent
DOCUMENTED = re.findall(
    r"^\| ([RAFH]\d\d) \|", (TESTS.parent / "docs" / "security.md").read_text("utf-8"), re.MULTILINE
)


@pytest.fixture(scope="module")
def named() -> set[str]:
    """The numbers that test modules name, in a function's name or a docstring."""
    texts = (path.read_text("utf-8") for path in TESTS.rglob("test_*.py"))
    numbers = {
        number for text in texts for number in re.findall(r"(?<![A-Za-z0-9])[RAFHrafh]\d\d(?!\d)", text)
    }
    return {number.upper() for number in numbers}


@pytest.mark.parametrize(("kind", "last"), [("R", 52), ("A", 80), ("F", 15), ("H", 14)])
def test_the_list_is_whole(kind: str, last: int):
    """Each number stands there once, in order; R25 was given up."""
    numbers = [int(number[1:]) for number in DOCUMENTED if number[0] == kind]
    assert numbers == [number for number in range(1, last + 1) if (kind, number) != ("R", 25)]


@pytest.mark.parametrize("number", DOCUMENTED)
def test_a_test_names_it(number: str, named: set[str]):
    assert number in named
