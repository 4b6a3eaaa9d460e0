"""What letters about a case tell beside their messages: the reference, what was written to the owner."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from typing import Any

from sqlalchemy import select

from secmon.accounts.gate import RequiredAction
from secmon.cases.models import Case, Note
from secmon.database.work import Work


def facts(work: Work, account_id: str, payload: Mapping[str, Any], _locale: str) -> dict[str, str]:
    """The reference that the owner names on the phone.

    Nothing where the message names no case, or the case is erased: the letter then leaves it out.
    """
    named = payload.get("case_id")
    query = select(Case.reference).where(Case.account_id == account_id)
    reference = named and work.session.scalar(query.where(Case.case_id == uuid.UUID(named)))
    return {"reference": reference} if reference else {}


def written(work: Work, account_id: str, payload: Mapping[str, Any], _locale: str) -> dict[str, str]:
    """The text of a note for the owner, as it stands when the letter is sent; nothing once it is gone."""
    if "note_id" not in payload:
        return {}
    query = select(Note.text).where(
        Note.account_id == account_id,
        Note.case_id == uuid.UUID(payload["case_id"]),
        Note.note_id == uuid.UUID(payload["note_id"]),
        Note.internal.is_(False),
    )
    text = work.session.scalar(query)
    return {} if text is None else {"note": text}


def unfrozen(_work: Work, _account_id: str, payload: Mapping[str, Any], _locale: str) -> dict[str, str]:
    """After a theft: that the second factor has to be set up again."""
    again = RequiredAction.RE_ENROL_SECOND_FACTOR in payload.get("required", ())
    return {"second_factor": "totp"} if again else {}
