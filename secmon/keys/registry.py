"""Every column of the service that holds ciphertexts, with what each ciphertext is bound to."""

from __future__ import annotations

import uuid

from secmon.accounts import contacts
from secmon.accounts.contacts import Contact
from secmon.accounts.models import Account
from secmon.audit import record_keys, sealing
from secmon.audit.models import AuditKey, RecordKey
from secmon.clients import signing_keys
from secmon.clients.models import SigningKey
from secmon.keys.columns import SealedColumn
from secmon.outbox.models import OwedMessage
from secmon.twofactor import factor
from secmon.twofactor.models import SecondFactor, TotpEnrolment
from secmon.web import idempotency
from secmon.web.idempotency import IdempotencyKey
from secmon.webhooks import secrets as webhook_secrets
from secmon.webhooks.models import WebhookEndpoint


def _email(account_id: str, _message_id: uuid.UUID | None = None) -> str:
    return contacts.context(account_id, Contact.EMAIL)


def _phone(account_id: str) -> str:
    return contacts.context(account_id, Contact.PHONE)


SEALED = (
    SealedColumn(Account.email, _email),
    SealedColumn(Account.phone, _phone),
    SealedColumn(AuditKey.sealed_key, sealing.context),
    SealedColumn(IdempotencyKey.answer, idempotency.context),
    SealedColumn(OwedMessage.former_email, _email),
    SealedColumn(RecordKey.private_key, record_keys.context),
    SealedColumn(SecondFactor.recovery_key, factor.recovery_context),
    SealedColumn(SecondFactor.seed, factor.seed_context),
    SealedColumn(SigningKey.private_key, signing_keys.context),
    SealedColumn(TotpEnrolment.seed, factor.enrolment_context),
    SealedColumn(WebhookEndpoint.former_secret, webhook_secrets.context),
    SealedColumn(WebhookEndpoint.secret, webhook_secrets.context),
)
