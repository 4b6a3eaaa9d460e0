"""A theft is over: nobody is asked any more about a login of before."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import func, or_, select, update

from secmon.alerts.answering import Answer
from secmon.alerts.models import Alert
from secmon.core.work import Work


def first_doubt(work: Work, account_id: str, before: datetime) -> datetime | None:
    """When the first login before then happened that its owner was asked about and did not vouch for."""
    not_vouched_for = or_(Alert.answer.is_(None), Alert.answer != Answer.WAS_ME.value)
    return work.session.scalar(
        select(func.min(Alert.occurred_at)).where(
            Alert.account_id == account_id,
            Alert.occurred_at < before,
            Alert.closed_at.is_(None),
            not_vouched_for,
        )
    )


def close_open(work: Work, account_id: str, _since: datetime) -> None:
    """Whoever holds an old link, or the wallet's session of then, vouches for no device by it."""
    work.session.execute(
        update(Alert)
        .where(Alert.account_id == account_id, Alert.answer.is_(None), Alert.closed_at.is_(None))
        .values(closed_at=work.now)
        .execution_options(synchronize_session=False)
    )
