"""What became of an account's credentials, for whoever looks back."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import func, select

from secmon.credentials.models import CredentialChange
from secmon.database.work import Work


def last_reported(work: Work, account_id: str, credential: str) -> datetime | None:
    """When a change of the credential came in last, whenever it is said to have happened."""
    return work.session.scalar(
        select(func.max(CredentialChange.received_at)).where(
            CredentialChange.account_id == account_id, CredentialChange.credential == credential
        )
    )


def latest(work: Work, account_id: str, most: int) -> list[tuple[datetime, str, str]]:
    """When, which credential, by which method; the latest `most` changes, latest first."""
    rows = work.session.execute(
        select(CredentialChange.occurred_at, CredentialChange.credential, CredentialChange.method)
        .where(CredentialChange.account_id == account_id)
        .order_by(CredentialChange.occurred_at.desc(), CredentialChange.event_id.desc())
        .limit(most)
    )
    return [(occurred_at, credential, method) for occurred_at, credential, method in rows]
