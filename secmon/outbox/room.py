"""What this room hands to the composition root."""

from __future__ import annotations

import uuid

from secmon.outbox import history, retention
from secmon.outbox.models import Delivery, OwedMessage
from secmon.rooms.room import Kept, Retention, Room
from secmon.rooms.sealed_columns import SealedColumn


def _email(account_id: str, _message_id: uuid.UUID) -> str:
    # The ciphertext is the account's own, taken over as it was: see `accounts.contacts.context`.
    return f"email:{account_id}"


ROOM = Room(
    tables=(Delivery, OwedMessage),
    eraser=history.erase,
    retention=(Retention("purge-messages", Kept.EVENTS, retention.purge),),
    sealed=(SealedColumn(OwedMessage.former_email, _email),),
)
