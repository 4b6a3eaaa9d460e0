"""What became of an account's credentials, for whoever looks back."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select

from secmon.core.work import Work
from secmon.credentials.models import CredentialChange


def latest(work: Work, account_id: str, most: int) -> list[tuple[datetime, str, str]]:
    """When, which credential, by which method; the latest `most` changes, latest first."""
    rows = work.session.execute(
        select(CredentialChange.occurred_at, CredentialChange.credential, CredentialChange.method)
        .where(CredentialChange.account_id == account_id)
        .order_by(CredentialChange.occurred_at.desc(), CredentialChange.event_id.desc())
        .limit(most)
    )
    return [(occurred_at, credential, method) for occurred_at, credential, method in rows]
