"""The owner's e-mail and phone, sealed under the key ring.

Each is bound to its account and column.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy import select

from secmon.accounts.models import Account
from secmon.database.work import Work
from secmon.sealing.keyring import KeyRing

# A thief who binds a number or an address of their own must not be vouched for by it before its owner,
# who is told of the change at the former one, has had three days to object.
IDENTIFIES_AFTER = timedelta(hours=72)


class Contact(StrEnum):
    """A column of the account that holds one way to reach its owner."""

    EMAIL = "email"
    PHONE = "phone"


def seal(keys: KeyRing, account_id: str, contact: Contact, value: str) -> bytes:
    """The ciphertext; worthless in another row or column."""
    return keys.encrypt(value.encode(), context(account_id, contact))


def unseal(keys: KeyRing, account_id: str, contact: Contact, sealed: bytes | None) -> str | None:
    """The address or number; raises `KeyRingError` where the ciphertext was made for something else."""
    return None if sealed is None else keys.decrypt(sealed, context(account_id, contact)).decode()


def of_account(work: Work, keys: KeyRing, account_id: str, contact: Contact) -> str | None:
    """How the owner can be reached now; None where nobody said, or the account is gone."""
    column = getattr(Account, contact.value)
    sealed = work.session.scalar(select(column).where(Account.account_id == account_id))
    return unseal(keys, account_id, contact, sealed)


def mailboxes(work: Work, account_ids: Collection[str]) -> dict[str, datetime | None]:
    """Those of the accounts that have an e-mail on file, and since when, where that is known."""
    query = select(Account.account_id, Account.email_since).where(
        Account.account_id.in_(account_ids), Account.email.is_not(None)
    )
    return {row.account_id: row.email_since for row in work.session.execute(query)}


def is_younger(email_since: datetime | None, owed_at: datetime) -> bool:
    """The address came after the message: whoever reads it there need not be whom it was meant for."""
    return email_since is not None and email_since > owed_at


def identifies(bound_since: datetime | None, now: datetime) -> bool:
    """Whether a contact is old enough to tell who somebody is; None: it was there before anybody noted."""
    return bound_since is None or bound_since <= now - IDENTIFIES_AFTER


def masked(contact: Contact, value: str | None) -> str | None:
    """Enough for an agent to recognise it by, too little to use: `l***@example.com`, `+86********78`."""
    if value is None:
        return None
    match contact:
        case Contact.EMAIL:
            name, _, host = value.rpartition("@")
            return f"{name[0]}***@{host}"
        case Contact.PHONE:
            return value[:3] + "*" * (len(value) - 5) + value[-2:]


def context(account_id: str, contact: Contact) -> str:
    """What a sealed contact is bound to."""
    return f"{contact.value}:{account_id}"
