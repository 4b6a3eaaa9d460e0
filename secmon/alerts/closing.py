"""A theft is over: nobody is asked any more about a login of before."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import and_, func, or_, select, update

from secmon.alerts.answering import Answer
from secmon.alerts.models import Alert
from secmon.database.work import Work

# Nobody whose word counts has said anything of it: what a mailbox alone answered with "was me" vouches for
# nothing, and is no answer of the owner's. The release before did not write down what it vouched for.
_RESTS = or_(Alert.answer.is_(None), and_(Alert.answer == Answer.WAS_ME.value, Alert.vouched.is_(False)))


def first_doubt(work: Work, account_id: str, before: datetime) -> datetime | None:
    """When the first login before then happened that its owner was asked about and did not vouch for."""
    not_vouched_for = or_(_RESTS, Alert.answer == Answer.NOT_ME.value)
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
        .where(Alert.account_id == account_id, _RESTS, Alert.closed_at.is_(None))
        .values(closed_at=work.now)
        .execution_options(synchronize_session=False)
    )
