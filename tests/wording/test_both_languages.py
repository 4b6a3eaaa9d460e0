"""Whatever people read stands in `secmon/wording`, each text in both languages, side by side."""

from __future__ import annotations

import ast
import importlib
import pkgutil
import re
from collections.abc import Iterator, Mapping
from dataclasses import fields, is_dataclass
from enum import StrEnum
from pathlib import Path
from string import Formatter
from typing import Any

import pytest

import secmon
from secmon import wording
from secmon.accounts.gate import RequiredAction
from secmon.cases.identity import CheckMethod, CheckOutcome
from secmon.cases.states import CaseChannel, CaseStatus, Category, Priority
from secmon.credentials.changes import Credential
from secmon.freezes.reasons import FreezeReason
from secmon.outbox.kinds import DeliveryState, Kind
from secmon.webhooks.events import EVENTS
from secmon.wording.case_texts import REMARKS, SUBJECTS, Said
from secmon.wording.codes import WORDS
from secmon.wording.device_names import NAMELESS, Nameless
from secmon.wording.messages import MESSAGES
from secmon.wording.messages_of_accounts import OF_ACCOUNTS
from secmon.wording.messages_of_credentials import OF_CREDENTIALS

PACKAGE = Path(secmon.__file__).parent
SOURCES = sorted(PACKAGE.rglob("*.py"))
CJK = re.compile(r"[\u3000-\u303f\u4e00-\u9fff\uff00-\uffef]")
# Reads a birthday that somebody spells in Chinese, and spells it so.
READS_CHINESE = {"credentials/strength.py"}
# Pairs that are no texts.
NO_TEXTS = {"LOCALES", "CITIES"}
# What a text is filled with in one language alone: the code of a channel, and its words.
SAME_FACT = {"channel_in_words": "channel"}
MODULES = [
    importlib.import_module(f"secmon.wording.{found.name}")
    for found in pkgutil.iter_modules(wording.__path__)
]


def pairs(value: Any) -> Iterator[tuple[str, str]]:
    """Every pair of texts within a table."""
    match value:
        case (str() as english, str() as chinese):
            yield english, chinese
        case tuple():
            for one in value:
                yield from pairs(one)
        case Mapping():
            for one in value.values():
                yield from pairs(one)
        case _ if is_dataclass(value) and not isinstance(value, type):
            for field in fields(value):
                yield from pairs(getattr(value, field.name))


TEXTS = sorted(
    {
        pair
        for module in MODULES
        for name, table in vars(module).items()
        if name.isupper() and name not in NO_TEXTS and not isinstance(table, type)
        for pair in pairs(table)
    }
)


def named(text: str) -> set[str]:
    """The facts that a text names."""
    names = {name for _, name, _, _ in Formatter().parse(text) if name}
    return {SAME_FACT.get(name, name) for name in names}


def test_there_are_texts() -> None:
    assert len(TEXTS) > 300


@pytest.mark.parametrize(("english", "chinese"), TEXTS)
def test_each_text_is_in_both_languages_and_names_the_same_facts(english: str, chinese: str) -> None:
    assert english.strip()
    assert chinese.strip()
    assert not CJK.search(english)
    is_a_name = english == chinese
    says_nothing = not any(letter.isalpha() for letter in re.sub(r"{\w+}", "", chinese))
    assert CJK.search(chinese) or is_a_name or says_nothing
    assert named(english) == named(chinese)


@pytest.mark.parametrize(
    ("codes", "table"),
    [
        (Kind, MESSAGES),
        (Kind, EVENTS),
        (FreezeReason, SUBJECTS),
        (Said, REMARKS),
        (Nameless, NAMELESS),
        *(
            (codes, WORDS)
            for codes in (
                FreezeReason,
                CaseChannel,
                Category,
                CaseStatus,
                Priority,
                CheckMethod,
                CheckOutcome,
            )
        ),
        *((codes, WORDS) for codes in (Credential, RequiredAction, DeliveryState)),
    ],
)
def test_each_code_has_its_words(codes: type[StrEnum], table: Mapping[str, Any]) -> None:
    assert set(codes) - table.keys() == set()


def strings(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node.value


def test_no_chinese_stands_outside_the_room() -> None:
    """Nor in a template: a page is filled with texts of this room."""
    found = {
        path.relative_to(PACKAGE).as_posix()
        for path in SOURCES
        if path.parent.name != "wording" and any(map(CJK.search, strings(path)))
    }
    assert found == READS_CHINESE
    templates = [path for kind in ("html", "css") for path in PACKAGE.rglob(f"*.{kind}")]
    assert [path.name for path in templates if CJK.search(path.read_text("utf-8"))] == []


def test_the_service_writes_into_cases_by_code() -> None:
    """A text of its own in the code would be stored in one language, and taken for a person's."""
    writers = {"Report", "Cause", "withdraw", "settle", "add"}
    astray = [
        f"{path.relative_to(PACKAGE)}: {ast.unparse(given)}"
        for path in SOURCES
        for call in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(call, ast.Call) and _name(call.func) in writers
        for given in (*call.args, *(keyword.value for keyword in call.keywords))
        if isinstance(given, ast.JoinedStr) or (isinstance(given, ast.Constant) and " " in str(given.value))
    ]
    assert astray == []


def _name(function: ast.expr) -> str:
    return function.attr if isinstance(function, ast.Attribute) else getattr(function, "id", "")


def test_a_new_kind_of_message_touches_three_files() -> None:
    """Where it is named, worded, and described to the wallet: no other table has to know every kind."""
    tables = {
        path.relative_to(PACKAGE).as_posix()
        for path in SOURCES
        for table in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(table, ast.Dict | ast.Set)
        and sum(ast.unparse(key).startswith("Kind.") for key in _members(table)) > len(Kind) / 3
    }
    assert tables == {
        "webhooks/events.py",
        "wording/messages_of_accounts.py",
        "wording/messages_of_credentials.py",
    }
    assert not OF_ACCOUNTS.keys() & OF_CREDENTIALS.keys()


def _members(table: ast.Dict | ast.Set) -> list[ast.expr]:
    return [key for key in (table.keys if isinstance(table, ast.Dict) else table.elts) if key is not None]
