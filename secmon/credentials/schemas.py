"""The wire shapes of credentials."""

from __future__ import annotations

from typing import Any

from marshmallow import ValidationError, fields, validate, validates_schema

from secmon.credentials.age import PasswordStatus
from secmon.credentials.changes import ChangeMethod, Credential
from secmon.web.fields import Address, Choice, Flag, Identifier, Instant, StrictSchema, Text, Whole
from secmon.web.install_fields import InstallId
from secmon.web.money_fields import Currency, Digest, Money

LONGEST_PASSWORD = 256
MOST_USER_INPUTS = 20
LONGEST_USER_INPUT = 100


class FormerLimit(StrictSchema):
    amount = Money(required=True, metadata={"description": "As a decimal: `2000.00`."})
    currency = Currency(required=True)


class ChangeRequest(StrictSchema):
    """A password, phone, address, SIM card, payee, limit or binding was changed; never what to."""

    event_id = Identifier(required=True)
    occurred_at = Instant(required=True)
    credential = Choice(Credential, required=True)
    method = Choice(
        ChangeMethod,
        required=True,
        metadata={
            "description": "Who changed it: the owner, the owner by way of recovery, staff through a case, or"
            " the carrier of the phone number."
        },
    )
    ip = Address(allow_none=True)
    user_agent = Text(longest=4096, shortest=0, allow_none=True)
    device_id = InstallId(
        allow_none=True, metadata={"description": "The device that it was changed on, as its logins name it"}
    )
    login_event_id = Identifier(
        allow_none=True, metadata={"description": "The login in whose session it was changed"}
    )
    payee = Digest(
        metadata={
            "description": "With `payee`, and only with it: a digest of the payee that was added, by which"
            " the gate is asked about it too"
        }
    )
    former_limit = fields.Nested(
        FormerLimit, metadata={"description": "With `limit`: how high it was before it was raised"}
    )
    case_id = fields.UUID(
        allow_none=True,
        metadata={
            "description": "A case of this account with a good identity check; required where `method` is"
            " `staff`, and of the category `login` then"
        },
    )

    @validates_schema(skip_on_field_errors=True)
    def _belongs(self, data: dict[str, Any], **_: Any) -> None:
        """A payee's digest with a payee, a limit with a limit."""
        is_payee = data["credential"] == Credential.PAYEE
        if is_payee != ("payee" in data):
            raise ValidationError("Comes with the credential `payee`, and with it alone", "payee")
        if "former_limit" in data and data["credential"] != Credential.LIMIT:
            raise ValidationError("Comes with the credential `limit` alone", "former_limit")


class ChangeResponse(StrictSchema):
    account_id = fields.String(required=True)
    event_id = fields.String(required=True)
    occurred_at = Instant(required=True)
    credential = fields.String(required=True)
    method = fields.String(required=True, metadata={"description": "Who changed it."})


class PasswordResponse(StrictSchema):
    """How old the password is; `compromised` alone has consequences."""

    changed_at = Instant(required=True, allow_none=True)
    age_days = Whole(required=True, allow_none=True)
    state = Choice(
        PasswordStatus,
        required=True,
        metadata={"description": "How old the password counts as; `compromised` alone has consequences."},
    )
    compromised_at = Instant(required=True, allow_none=True)
    dismissed = Flag(required=True, metadata={"description": "The owner put this period's reminder off"})
    next_reminder_at = Instant(required=True, allow_none=True)


class CompromiseRequest(StrictSchema):
    source = Text(
        longest=64, required=True, metadata={"description": "Who says so: a breach list, the owner"}
    )
    detail = Text(longest=1000, metadata={"description": "What is known of it, for the audit."})


class PasswordCheckRequest(StrictSchema):
    """Neither is stored or logged."""

    password = Text(longest=LONGEST_PASSWORD, required=True)
    user_inputs = fields.List(
        Text(longest=LONGEST_USER_INPUT),
        validate=validate.Length(max=MOST_USER_INPUTS),
        metadata={"description": "What is known of the owner: birthday, phone, name in pinyin, e-mail"},
    )


class PasswordCheckResponse(StrictSchema):
    """`score` is zxcvbn's, 0 to 4. Sentences are in the caller's language."""

    acceptable = Flag(required=True)
    score = Whole(required=True, metadata={"description": "zxcvbn's, 0 to 4."})
    warnings = fields.List(fields.String(), required=True)
    suggestions = fields.List(fields.String(), required=True)
