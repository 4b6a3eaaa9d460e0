"""How long freezes are kept: as long as the cases that they opened."""

from __future__ import annotations

from sqlalchemy import delete, tuple_

from secmon.cases.retention import CaseKeys
from secmon.database.work import Work
from secmon.freezes.models import Freeze


def purge_of_cases(work: Work, cases: CaseKeys) -> None:
    """Deletes the freezes of closed cases: all of them ended, for a freeze keeps its case open."""
    of_them = tuple_(Freeze.account_id, Freeze.case_id).in_(cases)
    work.session.execute(delete(Freeze).where(of_them))
