"""What whoever reads a mailbox may do by a link that was sent there.

A mailbox is no second factor (NIST SP 800-63B-4 §3.1.3.1), and an address may be a thief's own: bound an
hour ago, or replaced since. Anybody's link can freeze, for an owner whose address was replaced must be able
to; only one that went to the address on file, when that was three days old, can say "it was me".
"""

from __future__ import annotations

from secmon.accounts import contacts
from secmon.accounts.contacts import Contact
from secmon.accounts.service import Account
from secmon.alerts.links import Link
from secmon.sealing.keyring import KeyRing


def may_say_me(link: Link, account: Account, keys: KeyRing) -> bool:
    """Whether the link went to the account's address of now, and that one was old enough when it was sent."""
    address = contacts.unseal(keys, account.account_id, Contact.EMAIL, account.email)
    if address is None or not link.went_to(address, keys):
        return False
    return contacts.identifies(account.email_since, link.sent_at)
