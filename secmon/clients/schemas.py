"""What clients and tokens look like over HTTP."""

from __future__ import annotations

from marshmallow import fields, validate

from secmon.clients.models import LONGEST_NAME, LONGEST_PERSON, LONGEST_REASON, LONGEST_SUBJECT
from secmon.clients.oauth import GRANT_TYPE, ErrorCode
from secmon.clients.scopes import Role
from secmon.core.actor import ActorKind
from secmon.web.fields import ONE_LINE, Choice, Instant, StrictSchema, Text, Whole

KINDS = (ActorKind.SERVICE, ActorKind.STAFF)


class TokenForm(StrictSchema):
    """RFC 6749 §4.4.2; id and secret here or by HTTP Basic."""

    grant_type = Choice([GRANT_TYPE], required=True)
    scope = Text(longest=1000, metadata={"description": "A part of the client's scopes, separated by spaces"})
    client_id = Text(longest=64)
    client_secret = Text(longest=128)


class TokenResponse(StrictSchema):
    """RFC 6749 §5.1."""

    access_token = fields.String(required=True)
    token_type = fields.String(required=True, metadata={"enum": ["Bearer"]})
    expires_in = Whole(required=True, metadata={"description": "Seconds"})
    scope = fields.String(required=True)


class TokenError(StrictSchema):
    """RFC 6749 §5.2."""

    error = Choice(ErrorCode, required=True)
    error_description = fields.String(required=True)


class PublicKey(StrictSchema):
    """RFC 7517 §4, RFC 7518 §6.2."""

    kty = fields.String(required=True, metadata={"enum": ["EC"]})
    crv = fields.String(required=True, metadata={"enum": ["P-256"]})
    x = fields.String(required=True)
    y = fields.String(required=True)
    kid = fields.String(required=True)
    use = fields.String(required=True, metadata={"enum": ["sig"]})
    alg = fields.String(required=True, metadata={"enum": ["ES256"]})


class PublicKeys(StrictSchema):
    keys = fields.List(fields.Nested(PublicKey), required=True)


class SubjectQuery(StrictSchema):
    subject = Text(longest=LONGEST_SUBJECT, required=True)


class DeniedSubjectRequest(StrictSchema):
    subject = Text(
        longest=LONGEST_SUBJECT,
        required=True,
        validate=validate.Regexp(r"^[\x21-\x7e]+$", error="Must be printable ASCII without spaces"),
        metadata={"description": "`sub` of the person's tokens, letter for letter"},
    )
    reason = Text(longest=LONGEST_REASON, required=True, validate=ONE_LINE)


class DeniedSubjectResponse(StrictSchema):
    subject = fields.String(required=True)
    denied_at = Instant(required=True, metadata={"description": "Since when."})
    denied_by = fields.String(required=True, metadata={"description": "Who denied it."})
    reason = fields.String(required=True)


class DeniedSubjectPage(StrictSchema):
    items = fields.List(fields.Nested(DeniedSubjectResponse), required=True)
    next_cursor = fields.String(required=True, allow_none=True)


class ClientRequest(StrictSchema):
    name = Text(longest=LONGEST_NAME, required=True)
    role = Choice(Role, required=True)
    kind = Choice(KINDS, metadata={"description": "The role's usual kind where not given"})
    person_id = Text(
        longest=LONGEST_PERSON,
        metadata={
            "description": "Who stands behind a client of the staff: your own name for the person, or "
            "`oidc:` and the subject that the identity provider knows. One person decides nothing twice."
        },
    )


class PersonRequest(StrictSchema):
    person_id = Text(
        longest=LONGEST_PERSON, required=True, metadata={"description": "Who stands behind the client."}
    )


class ClientResponse(StrictSchema):
    client_id = fields.UUID(required=True)
    name = fields.String(required=True)
    role = Choice(Role, required=True)
    kind = Choice(KINDS, required=True, metadata={"description": "A service, or a person of the staff."})
    person_id = fields.String(
        required=True,
        allow_none=True,
        metadata={"description": "The client's own id where nobody is named; null: a service"},
    )
    scopes = fields.List(fields.String(), required=True)
    created_at = Instant(required=True)
    revoked_at = Instant(required=True, allow_none=True)


class NewClientResponse(ClientResponse):
    client_secret = fields.String(required=True, metadata={"description": "Shown once, and never again"})


class ClientPage(StrictSchema):
    items = fields.List(fields.Nested(ClientResponse), required=True)
    next_cursor = fields.String(required=True, allow_none=True)
