"""The rules in force and their history: a change is a new version, and no version ever changes."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, literal_column, select

from secmon.audit import service as audit
from secmon.core.errors import FieldError, Invalid, NotFound, PreconditionFailed
from secmon.database.statements import Statement
from secmon.database.upsert import insert_or_ignore
from secmon.database.work import Work
from secmon.holds.models import StoredRules
from secmon.holds.rules import DEFAULT_PRESET, Rules, RulesError, preset
from secmon.web.parts import Part

SHIPPED = 0
# (the version in force, 0 where the shipped rules are,)
VERSION = Statement(
    select(select(func.coalesce(func.max(StoredRules.version), literal_column("0"))).scalar_subquery()),
    one_row=True,
)


class KnownRules:
    """The rules as the gate needs them: by version, read once an application, for no version ever changes."""

    def __init__(self) -> None:
        self._known: dict[int, Rules] = {}

    def at(self, work: Work, version: int) -> Rules:
        """The rules of a version that there is."""
        found = self._known.get(version)
        if found is None:
            found = self._known[version] = at(work, version).rules
        return found


KNOWN_RULES: Part[KnownRules] = Part("hold_rules")


class RulesUnknown(NotFound):
    """There never were rules of this version."""

    code = "hold_rules_version_unknown"
    title = "There are no hold rules of this version"
    advice = "Read the rules without a version: the answer holds the highest one."


@dataclass(frozen=True, slots=True)
class Version:
    """One version; `preset` names the shipped document that it is. Version 0 was created by nobody."""

    version: int
    rules: Rules
    preset: str | None
    created_at: datetime | None = None
    created_by: str | None = None

    @property
    def document(self) -> dict[str, Any]:
        return self.rules.to_document()


def in_force(work: Work) -> Version:
    """The rules that holds begin by now."""
    return at(work, work.session.scalar(select(func.max(StoredRules.version))) or SHIPPED)


def at(work: Work, version: int) -> Version:
    """Raises `RulesUnknown`."""
    if version == SHIPPED:
        return Version(SHIPPED, preset(DEFAULT_PRESET), DEFAULT_PRESET)
    stored = work.session.get(StoredRules, version)
    if stored is None:
        raise RulesUnknown
    rules = Rules.from_document(json.loads(stored.document))
    return Version(version, rules, stored.preset, stored.created_at, stored.created_by)


def put(
    work: Work,
    upon: int,
    *,
    name: str | None = None,
    document: Mapping[str, Any] | None = None,
    reason: str | None = None,
) -> Version:
    """A new version in the place of `upon`: a preset by name, or a document. What holds already stays.

    Raises `Invalid`, or `PreconditionFailed` where another version has taken that place.
    """
    rules = preset(name) if name is not None else _checked(document or {})
    row = {
        "version": upon + 1,
        "preset": name,
        "document": json.dumps(rules.to_document()),
        "created_at": work.now,
        "created_by": work.actor.actor_id,
    }
    # Whoever comes second waits for the first one's commit here, and then finds the number taken.
    insert = insert_or_ignore(work, StoredRules).values(**row).returning(StoredRules.version)
    if work.session.scalar(insert) is None:
        raise PreconditionFailed("Another version came into force; read it first.")
    facts = {"upon": upon, "preset": name}
    audit.record(work, None, "hold_rules.changed", subject=str(upon + 1), reason=reason, facts=facts)
    return at(work, upon + 1)


def _checked(document: Mapping[str, Any]) -> Rules:
    try:
        return Rules.from_document(document)
    except RulesError as error:
        raise Invalid(errors=(FieldError(f"/document{error.pointer}", error.reason),)) from None
