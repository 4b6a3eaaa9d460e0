"""The wire shapes of login events and of the answer to them."""

from __future__ import annotations

from typing import Any

from marshmallow import ValidationError, fields, validate, validates_schema

from secmon.geo.place import COUNTRIES
from secmon.logins.event import FailureReason, LoginChannel, LoginOutcome
from secmon.web.fields import (
    Address,
    Choice,
    Flag,
    Identifier,
    Instant,
    Number,
    StrictSchema,
    Text,
    Whole,
)
from secmon.web.install_fields import DeviceReference, InstallId

LONGEST_USER_AGENT = 4096
LONGEST_PROOF = 2048
MOST_EVENTS = 1000
# RFC 8176 §2, and what wallets of this region add to it.
AMR_NAME = validate.Regexp(r"\A[a-z0-9_-]{1,16}\Z", error="Must be a name of RFC 8176, such as pwd or otp")

# RFC 8176 §2, word for word. Which of them prove, `risk.proofs` says.
PROOF_METHODS = (
    *("face", "fpt", "geo", "hwk", "iris", "kba", "mca", "mfa", "otp", "pin", "pop", "pwd"),
    *("rba", "retina", "sc", "sms", "swk", "tel", "user", "vbm", "wia"),
)


class GeoRequest(StrictSchema):
    """Where the caller says the address is; every field may be missing."""

    country = fields.String(
        allow_none=True, validate=validate.OneOf(COUNTRIES, error="Is no ISO 3166-1 code")
    )
    region = Text(longest=64, allow_none=True)
    city = Text(longest=96, allow_none=True)
    latitude = Number(allow_none=True, validate=validate.Range(-90, 90))
    longitude = Number(allow_none=True, validate=validate.Range(-180, 180))
    accuracy_radius_km = Number(allow_none=True, validate=validate.Range(0, 20_000))
    asn = Whole(allow_none=True, validate=validate.Range(1, 2**32 - 1))
    anonymizer = Flag(allow_none=True)
    hosting = Flag(allow_none=True)

    @validates_schema
    def _both_or_neither(self, data: dict[str, Any], **_: Any) -> None:
        if (data.get("latitude") is None) != (data.get("longitude") is None):
            raise ValidationError("Latitude and longitude come together", "longitude")


class AssessmentRequest(StrictSchema):
    """A login that has not happened yet, or whose outcome is not known."""

    account_id = Identifier(required=True)
    occurred_at = Instant(required=True)
    ip = Address(required=True)
    user_agent = Text(required=True, shortest=0, longest=LONGEST_USER_AGENT)
    failure_reason = Choice(FailureReason, allow_none=True)
    device_id = InstallId(allow_none=True)
    session_id = Identifier(allow_none=True)
    channel = Choice(LoginChannel, allow_none=True, metadata={"description": "What the owner logs in with."})
    amr = fields.List(fields.String(validate=AMR_NAME), allow_none=True, validate=validate.Length(max=8))
    geo = fields.Nested(GeoRequest, allow_none=True)
    device_proof = Text(
        longest=LONGEST_PROOF,
        allow_none=True,
        metadata={
            "description": "A nonce of `POST /v1/device-nonces`, signed by the key of the install: a compact"
            " JWS (ES256) typed `device-proof+jwt`. Once a device has shown its key, its id without it is a"
            " copy: `mismatched`."
        },
    )


class LoginEventRequest(AssessmentRequest):
    """One login as it happened."""

    event_id = Identifier(required=True)
    outcome = Choice(LoginOutcome, required=True, metadata={"description": "Whether the login succeeded."})

    @validates_schema
    def _reason_of_a_failure(self, data: dict[str, Any], **_: Any) -> None:
        if data["outcome"] == LoginOutcome.SUCCESS and data.get("failure_reason") is not None:
            raise ValidationError("A success has no failure_reason", "failure_reason")


class ChallengeRequest(StrictSchema):
    """What became of a challenge that the wallet put to the owner."""

    outcome = Choice(
        ("passed", "failed"), required=True, metadata={"description": "Whether the owner passed it."}
    )
    method = Choice(
        PROOF_METHODS,
        required=True,
        metadata={
            "description": "A name of RFC 8176. `otp`, `hwk`, `swk`, `sc`, `sms`, `tel`, `mfa` and `pop`"
            " prove; `face`, `fpt`, `iris`, `retina` and `vbm` do where the risk policy says that the"
            " wallet's server compares them; all others are recorded and prove nothing."
        },
    )
    occurred_at = Instant(metadata={"description": "When, not before the login; now where it is left out"})


class AnyEvent(fields.Nested):
    """Documented as what it should be; taken as whatever it is, to be looked at by itself."""

    def deserialize(self, value: Any, *_: Any, **__: Any) -> Any:
        return value


class BatchRequest(StrictSchema):
    """The events are looked at one by one: one that does not fit is answered as such."""

    events = fields.List(
        AnyEvent(LoginEventRequest),
        required=True,
        validate=validate.Length(1, MOST_EVENTS),
        metadata={"description": "The logins, in any order."},
    )


class SignalResponse(StrictSchema):
    """One term of the sum: above 0 it speaks against the owner, below 0 for."""

    code = fields.String(required=True, metadata={"description": "The evidence, in a word."})
    weight = fields.Float(required=True)
    detail = fields.String(
        required=True, metadata={"description": "What was seen, in the language of Accept-Language."}
    )


class RiskResponse(StrictSchema):
    score = fields.Float(
        required=True,
        validate=validate.Range(0, 1),
        metadata={"description": "The probability that somebody else is at work, 0 to 1."},
    )
    level = fields.String(required=True, validate=validate.OneOf(["low", "medium", "high"]))
    policy_version = fields.Integer(required=True)
    signals = fields.List(fields.Nested(SignalResponse), required=True)


class LoginDeviceResponse(StrictSchema):
    """`device_id`: as the wallet sent it, where the app names its install. `reference`: what this device is
    shown as by everything that is read.
    """

    device_id = fields.String(required=True)
    reference = fields.String(metadata={"description": "Left out in answers of before there were any"})
    proof = fields.String(
        allow_none=True,
        validate=validate.OneOf(["accepted", "refused"]),
        metadata={"description": "What became of the `device_proof`; null where none was sent"},
    )
    recognition = fields.String(
        required=True, validate=validate.OneOf(["first", "known", "updated", "new", "mismatched"])
    )
    trusted = fields.Boolean(required=True)
    label = fields.String(required=True)


class ChallengeResponse(StrictSchema):
    """`proven`: whether it proved the owner. Unproven, another proof or a failure may still settle it."""

    outcome = Choice(("passed", "failed"), required=True)
    proven = Flag(required=True, metadata={"description": "Whether it proved the owner."})


class AssessmentResponse(StrictSchema):
    """What the service makes of a login."""

    event_id = fields.String(
        allow_none=True,
        required=True,
        metadata={"description": "The event; null where nothing was recorded."},
    )
    account_id = fields.String(required=True)
    decision = fields.String(required=True, validate=validate.OneOf(["allow", "challenge", "deny"]))
    risk = fields.Nested(RiskResponse, required=True)
    device = fields.Nested(LoginDeviceResponse, required=True)
    required_actions = fields.List(fields.String(), required=True)
    standing = fields.String(required=True, validate=validate.OneOf(["active", "frozen"]))
    alert_id = fields.String(allow_none=True, required=True)
    challenge = fields.Nested(
        ChallengeResponse, metadata={"description": "What became of its challenge, once that was told."}
    )


class SettledResponse(AssessmentResponse):
    """The assessment as it stands after a challenge."""

    challenge = fields.Nested(ChallengeResponse, required=True)


class SeenDeviceResponse(LoginDeviceResponse):
    device_id = DeviceReference(required=True)


class StoredAssessmentResponse(AssessmentResponse):
    """The answer that a login was given, its device shown by reference."""

    device = fields.Nested(SeenDeviceResponse, required=True)


class FieldErrorResponse(StrictSchema):
    pointer = fields.String(required=True)
    message = fields.String(required=True)


class BatchResult(StrictSchema):
    """What became of one event: `assessment` unless it is invalid, `errors` where it is."""

    index = fields.Integer(required=True)
    event_id = fields.String(allow_none=True, required=True)
    status = fields.String(
        required=True,
        validate=validate.OneOf(["created", "duplicate", "invalid"]),
        metadata={"description": "Whether the event was stored, was known already, or is none."},
    )
    assessment = fields.Nested(AssessmentResponse)
    errors = fields.List(fields.Nested(FieldErrorResponse))


class BatchResponse(StrictSchema):
    results = fields.List(fields.Nested(BatchResult), required=True)


class PlaceResponse(StrictSchema):
    """Where a login came from, by the wallet or the operator's files; what nobody knows is null."""

    country = fields.String(allow_none=True, required=True)
    region = fields.String(allow_none=True, required=True)
    city = fields.String(allow_none=True, required=True)
    asn = fields.Integer(allow_none=True, required=True)
    anonymizer = Flag(required=True)
    hosting = Flag(required=True)


class StoredEventResponse(StrictSchema):
    """A stored event with the answer it was given."""

    event_id = fields.String(required=True)
    occurred_at = Instant(required=True)
    received_at = Instant(required=True)
    outcome = fields.String(required=True, metadata={"description": "Whether the login succeeded."})
    failure_reason = fields.String(allow_none=True, required=True)
    ip = fields.String(required=True)
    user_agent = fields.String(required=True)
    session_id = fields.String(allow_none=True, required=True)
    channel = fields.String(
        allow_none=True, required=True, metadata={"description": "What the owner logged in with."}
    )
    challenge = fields.String(
        allow_none=True,
        required=True,
        metadata={"description": "What became of the challenge; null where none was put."},
    )
    challenge_proven = Flag(
        allow_none=True,
        required=True,
        metadata={"description": "Whether a passed challenge proved the owner"},
    )
    imported = Flag(required=True, metadata={"description": "It came through the import, as history"})
    place = fields.Nested(
        PlaceResponse,
        allow_none=True,
        required=True,
        metadata={"description": "Place and network of the address, as they were known then"},
    )
    assessment = fields.Nested(StoredAssessmentResponse, required=True)


class NonceResponse(StrictSchema):
    nonce = fields.String(required=True, metadata={"description": "What the app signs, once."})
    expires_at = Instant(required=True)


class EventPage(StrictSchema):
    items = fields.List(fields.Nested(StoredEventResponse), required=True)
    next_cursor = fields.String(allow_none=True, required=True)
