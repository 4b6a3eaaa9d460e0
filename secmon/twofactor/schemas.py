"""The second factor's bodies and answers."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from marshmallow import ValidationError, fields, validates_schema

from secmon.cases.approvals import ApprovalStatus
from secmon.cases.schemas import LONGEST_TEXT
from secmon.twofactor.service import FactorState
from secmon.twofactor.verification import ProofMethod
from secmon.web.fields import Choice, Identifier, Instant, StrictSchema, Text

_CODE = re.compile(r"[0-9]{6}([0-9]{2})?", re.ASCII)


class Code(fields.String):
    """A string of 6 or 8 ASCII digits; no other digits, no spaces.

    Both, whatever the setting: it is of new enrolments, and a factor's own length is compared inside.
    """

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(metadata={"pattern": f"^{_CODE.pattern}$"}, **kwargs)

    def _deserialize(
        self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any
    ) -> str:
        if not isinstance(value, str) or not _CODE.fullmatch(value):
            raise ValidationError("Must be a string of digits, as the authenticator shows them")
        return value


class StatusResponse(StrictSchema):
    enabled = fields.Boolean(required=True)
    state = Choice(FactorState, required=True, metadata={"description": "How the factor stands."})
    methods = fields.List(fields.String(), required=True)
    recovery_codes_left = fields.Integer(required=True)
    locked_until = Instant(required=True, allow_none=True)


class EnrolmentResponse(StrictSchema):
    """Shown once."""

    enrolment_id = fields.UUID(required=True)
    secret = fields.String(required=True)
    otpauth_uri = fields.String(required=True)
    qr_svg = fields.String(required=True)
    expires_at = Instant(required=True)


class ConfirmRequest(StrictSchema):
    enrolment_id = fields.UUID(required=True)
    code = Code(required=True)


class RecoveryCodesResponse(StrictSchema):
    """Shown once."""

    recovery_codes = fields.List(fields.String(), required=True)


class CodeRequest(StrictSchema):
    code = Code(required=True)


class ProofRequest(StrictSchema):
    """A code or a recovery code."""

    code = Code()
    recovery_code = Text(longest=64)

    @validates_schema
    def one_of_both(self, data: dict[str, Any], **kwargs: Any) -> None:
        if ("code" in data) == ("recovery_code" in data):
            raise ValidationError("Send either code or recovery_code")


class VerifyRequest(ProofRequest):
    event_id = Identifier(metadata={"description": "The login event that asked for the second factor"})


class VerdictResponse(StrictSchema):
    verdict = fields.String(required=True, metadata={"enum": ["accepted"]})
    method = Choice(ProofMethod, required=True, metadata={"description": "What was accepted."})
    recovery_codes_left = fields.Integer(required=True)
    login_proven = fields.Boolean(
        metadata={
            "description": "Where event_id was sent: false for a login that failed, was denied, did not pass"
            " its challenge or was disowned, which no code makes good"
        }
    )


class ResetRequest(StrictSchema):
    case_id = fields.UUID(required=True)
    reason = Text(longest=LONGEST_TEXT, required=True, metadata={"description": "Why the factor is lost."})


class ApproveReset(StrictSchema):
    note = Text(longest=LONGEST_TEXT)


class RefuseReset(StrictSchema):
    note = Text(longest=LONGEST_TEXT, required=True)


class ResetResponse(StrictSchema):
    request_id = fields.UUID(required=True)
    status = Choice(
        ApprovalStatus,
        required=True,
        metadata={"description": "Whether another person has decided, and how."},
    )
