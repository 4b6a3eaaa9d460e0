"""Rows as the schemas show them."""

from __future__ import annotations

from typing import Any

from secmon.cases import approvals, identity, links, notes, targets, texts
from secmon.cases.identity import GOOD_FOR, CheckOutcome
from secmon.cases.models import IdentityCheck, Note
from secmon.cases.news import OVERDUE, version_of
from secmon.cases.service import Case
from secmon.database.work import Work

_AS_STORED = (
    "case_id",
    "reference",
    "account_id",
    "category",
    "channel",
    "status",
    "priority",
    "assignee",
    "opened_at",
    "opened_by",
    "first_response_due_at",
    "first_responded_at",
    "resolution_due_at",
    "due_at",
    "resolved_at",
    "closed_at",
    "version",
)


def shown(work: Work, case: Case, locale: str) -> dict[str, Any]:
    """A case, its texts in a language, and whether it is overdue now."""
    return {
        **{name: getattr(case, name) for name in _AS_STORED},
        "subject": texts.subject(case, locale),
        "summary": texts.summary(case, locale),
        "links": links.read(case.links),
        "overdue": targets.is_overdue(case, work),
    }


def tag(work: Work, case: Case) -> str:
    """Differs whenever what is shown of the case does: it gets overdue by the clock, not by a change."""
    return f"{version_of(case)}{OVERDUE if targets.is_overdue(case, work) else ''}"


def detail(work: Work, case: Case, locale: str) -> dict[str, Any]:
    """A case with its notes, its identity checks, and what a second person has to decide."""
    return {
        **shown(work, case, locale),
        "notes": [_note(note, locale) for note in notes.of_case(work, case)],
        "pending_requests": approvals.pending(work, case),
        "identity_checks": [shown_check(check) for check in identity.of_case(work, case)],
    }


def _note(note: Note, locale: str) -> dict[str, Any]:
    return {
        "note_id": note.note_id,
        "text": texts.note(note, locale),
        "internal": note.internal,
        "written_at": note.written_at,
        "written_by": note.written_by,
    }


def shown_check(check: IdentityCheck) -> dict[str, Any]:
    """An identity check, and until when it is good."""
    passed = check.outcome == CheckOutcome.PASSED
    return {
        "check_id": check.check_id,
        "method": check.method,
        "outcome": check.outcome,
        "evidence_ref": check.evidence_ref,
        "checked_at": check.checked_at,
        "checked_by": check.checked_by,
        "good_until": check.checked_at + GOOD_FOR if passed else None,
    }
