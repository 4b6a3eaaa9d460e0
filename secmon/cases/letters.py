"""What a letter about a case tells beside its message: the reference that the owner names on the phone."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from typing import Any

from sqlalchemy import select

from secmon.cases.models import Case
from secmon.core.work import Work


def facts(work: Work, account_id: str, payload: Mapping[str, Any], _locale: str) -> dict[str, str]:
    """Nothing where the message names no case, or the case is erased: the letter then leaves it out."""
    named = payload.get("case_id")
    query = select(Case.reference).where(Case.account_id == account_id)
    reference = named and work.session.scalar(query.where(Case.case_id == uuid.UUID(named)))
    return {"reference": reference} if reference else {}
