"""What was done on a case, asked for again under its key: the row that it made, as it is now."""

from __future__ import annotations

import uuid
from typing import Any

from secmon.cases import erasures, identity, service
from secmon.cases.models import Note
from secmon.cases.schemas import CaseResponse, CheckResponse, ErasureAnswer, NoteResponse
from secmon.cases.shown import shown, shown_check, tag
from secmon.core.errors import NotFound
from secmon.database.work import Work
from secmon.web.etag import etag
from secmon.web.locale import locale_or_english
from secmon.web.replays import NotShownAgain, Replays, Stored


def opened(work: Work, stored: Stored) -> tuple[dict[str, Any], int, dict[str, str]]:
    """The case as it stands. Raises `NotShownAgain` where it is kept no longer."""
    try:
        case = service.lock(work, uuid.UUID(stored.document["case_id"]))
    except NotFound:
        raise NotShownAgain from None
    return (
        CaseResponse.show(shown(work, case, locale_or_english())),
        stored.status,
        {"ETag": etag(tag(work, case))},
    )


def noted(work: Work, stored: Stored, case_id: uuid.UUID) -> tuple[dict[str, Any], int]:
    """The note. Raises `CaseUnknown`, `NotShownAgain`."""
    case = service.lock(work, case_id)
    note = work.session.get(Note, (case.account_id, case_id, uuid.UUID(stored.document["note_id"])))
    if note is None:
        raise NotShownAgain
    return NoteResponse.show(note), stored.status


def checked(work: Work, stored: Stored, case_id: uuid.UUID) -> tuple[dict[str, Any], int]:
    """The check; good until then only while none came after it. Raises `CaseUnknown`, `NotShownAgain`."""
    case = service.lock(work, case_id)
    checks = identity.of_case(work, case)
    for check in checks:
        if str(check.check_id) == stored.document["check_id"]:
            answer = CheckResponse.show(shown_check(check))
            return answer if check is checks[-1] else {**answer, "good_until": None}, stored.status
    raise NotShownAgain


def erasure_asked(work: Work, stored: Stored, account_id: str) -> tuple[dict[str, Any], int]:
    """The request as it stands. Raises `NotShownAgain` where it went with the account."""
    request = erasures.get(work, account_id, uuid.UUID(stored.document["request_id"]))
    if request is None:
        raise NotShownAgain
    return ErasureAnswer.show(request), stored.status


_GONE = ("not_shown_again",)
OPENED = Replays("The case that it opened, as it stands.", opened, problems=_GONE)
NOTED = Replays("The note that it wrote.", noted, concerns=service.account_of, problems=_GONE)
CHECKED = Replays(
    "The check that it recorded; `good_until` is empty once another check came after it.",
    checked,
    concerns=service.account_of,
    problems=_GONE,
)
ERASURE_ASKED = Replays("The request as it stands, decided or not.", erasure_asked, problems=_GONE)
