"""The texts of cases and notes, in the language of whoever reads them.

What of them the service wrote is told by its code. Rows of the release before have none; there, only what no
person can have written is known again.
"""

from __future__ import annotations

from secmon.cases import links
from secmon.cases.models import Case, Note
from secmon.core.actor import OWNER_ID, SYSTEM
from secmon.wording import case_texts, earlier_release
from secmon.wording.languages import LOCALES

# Whoever acts under these ids is no person of the staff, and has typed nothing.
_NO_PERSON = frozenset({SYSTEM.actor_id, OWNER_ID})


def subject(case: Case, locale: str) -> str:
    """A case's subject. Of a freeze's own case, it is the service's."""
    if case.subject_said is None and links.read(case.links)["freeze_id"] is not None:
        return earlier_release.in_words(case.subject, locale)
    return case_texts.shown(case.subject, case.subject_said, locale)


def summary(case: Case, locale: str) -> str | None:
    """What was reported with it, if anything."""
    return None if case.summary is None else case_texts.shown(case.summary, case.summary_said, locale)


def note(written: Note, locale: str) -> str:
    """A note's text."""
    if written.text_said is None and written.written_by in _NO_PERSON:
        return earlier_release.in_words(written.text, locale)
    return case_texts.shown(written.text, written.text_said, locale)


def note_in_both(written: Note) -> dict[str, str]:
    """A note's text by locale."""
    return {locale: note(written, locale) for locale in LOCALES}
