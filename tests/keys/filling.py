"""Something to read in every column that holds ciphertexts."""

from __future__ import annotations

from secmon.accounts import contacts
from secmon.accounts import service as accounts
from secmon.accounts.contacts import Contact
from secmon.audit import record_keys
from secmon.core.ids import new_id
from secmon.outbox import service as outbox
from secmon.outbox.kinds import Kind
from secmon.webhooks import secrets
from secmon.webhooks.models import WebhookEndpoint
from tests.service import START, Service


def fill_other_columns(service: Service, account_id: str) -> None:
    """A ciphertext in every column that the second factor does not fill."""
    keys = service.settings.keys
    endpoint_id = new_id(START)
    with service.work() as work:
        record_keys.add(work, keys)
        account = accounts.lock(work, account_id)
        account.email = contacts.seal(keys, account_id, Contact.EMAIL, "li@example.com")
        account.phone = contacts.seal(keys, account_id, Contact.PHONE, "+8613812345678")
        outbox.owe(work, account_id, Kind.CREDENTIAL_CHANGED, {}, former_email=account.email)
        work.session.add(
            WebhookEndpoint(
                endpoint_id=endpoint_id,
                url="https://wallet.example/hooks",
                events=[],
                secret=secrets.seal(keys, endpoint_id, secrets.new_secret()),
                former_secret=secrets.seal(keys, endpoint_id, secrets.new_secret()),
                created_at=START,
            )
        )
