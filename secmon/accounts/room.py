"""What this room hands to the composition root."""

from __future__ import annotations

from secmon.accounts import contacts, routes
from secmon.accounts.contacts import Contact
from secmon.accounts.models import Account, Tombstone
from secmon.rooms.room import Room
from secmon.rooms.sealed_columns import SealedColumn


def _email(account_id: str) -> str:
    return contacts.context(account_id, Contact.EMAIL)


def _phone(account_id: str) -> str:
    return contacts.context(account_id, Contact.PHONE)


# Who erases the others' rows deletes this room's last of all, and leaves a tombstone: `erasure`.
ROOM = Room(
    routes=(routes.blp,),
    tables=(Account, Tombstone),
    stays=(Account, Tombstone),
    sealed=(SealedColumn(Account.email, _email), SealedColumn(Account.phone, _phone)),
)
