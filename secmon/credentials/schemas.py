"""The wire shapes of credentials."""

from __future__ import annotations

from marshmallow import fields, validate

from secmon.credentials.age import PasswordStatus
from secmon.credentials.changes import ChangeMethod, Credential
from secmon.web.fields import Address, Choice, Flag, Identifier, Instant, StrictSchema, Text, Whole
from secmon.web.install_fields import InstallId

LONGEST_PASSWORD = 256
MOST_USER_INPUTS = 20
LONGEST_USER_INPUT = 100


class ChangeRequest(StrictSchema):
    """A password, phone or e-mail address was changed; never what it was changed to."""

    event_id = Identifier(required=True)
    occurred_at = Instant(required=True)
    credential = Choice(Credential, required=True)
    method = Choice(
        ChangeMethod,
        required=True,
        metadata={
            "description": "Who changed it: the owner, the owner by way of recovery, or staff through a case."
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
    case_id = fields.UUID(
        allow_none=True,
        metadata={
            "description": "A case of this account with a good identity check; required where `method` is"
            " `staff`, and of the category `login` then"
        },
    )


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
