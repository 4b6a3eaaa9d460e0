"""An e-mail is replaced: what was owed before still goes to the address of its time, and to no other."""

from __future__ import annotations

from sqlalchemy import exists, or_, update
from sqlalchemy.orm import aliased

from secmon.database.work import Work
from secmon.outbox.kinds import DeliveryState
from secmon.outbox.models import Delivery, OwedMessage
from secmon.outbox.sending import EMAIL, FORMER_EMAIL


def readdress(work: Work, account_id: str, former_email: bytes) -> None:
    """Gives the letters that wait the sealed `former_email`; the account's lock is held.

    What has a former address of its own keeps it, and is not sent to the new one either: whoever sends
    compares the times. One that is on its way at this moment may come twice, to the same address.
    """
    waits = exists().where(
        Delivery.account_id == account_id,
        Delivery.message_id == OwedMessage.message_id,
        Delivery.receiver == EMAIL,
        Delivery.state == DeliveryState.PENDING,
    )
    work.session.execute(
        update(OwedMessage)
        .where(
            OwedMessage.account_id == account_id,
            OwedMessage.former_email.is_(None),
            or_(OwedMessage.spread_at.is_(None), waits),
        )
        .values(former_email=former_email)
        .execution_options(synchronize_session=False)
    )
    former = aliased(Delivery)
    has_one = exists().where(
        former.account_id == account_id,
        former.message_id == Delivery.message_id,
        former.receiver == FORMER_EMAIL,
    )
    work.session.execute(
        update(Delivery)
        .where(
            Delivery.account_id == account_id,
            Delivery.receiver == EMAIL,
            Delivery.state == DeliveryState.PENDING,
            ~has_one,
        )
        .values(receiver=FORMER_EMAIL)
        .execution_options(synchronize_session=False)
    )
