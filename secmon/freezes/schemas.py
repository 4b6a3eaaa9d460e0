"""Freezes as they are asked for and shown."""

from __future__ import annotations

from marshmallow import fields

from secmon.cases.approvals import ApprovalStatus
from secmon.cases.schemas import LONGEST_TEXT
from secmon.cases.states import CaseChannel, CaseStatus
from secmon.freezes.models import FreezeStatus
from secmon.freezes.reasons import FreezeReason
from secmon.web.fields import Choice, Identifier, Instant, StrictSchema, Text


class FreezeRequest(StrictSchema):
    reason = Choice(FreezeReason, required=True, metadata={"description": "Why the account is to be frozen."})
    channel = Choice(CaseChannel, required=True)
    summary = Text(longest=LONGEST_TEXT)
    device_id = Identifier(
        metadata={
            "description": "The device that was lost or is suspected: with the unfreeze it is known no longer"
        }
    )


class FreezeShown(StrictSchema):
    freeze_id = fields.UUID(required=True)
    account_id = fields.String(required=True)
    reason = Choice(FreezeReason, required=True, metadata={"description": "Why the account was frozen."})
    reasons = fields.List(
        Choice(FreezeReason), required=True, metadata={"description": "Of all reports, the first one's first"}
    )
    frozen_at = Instant(required=True)
    frozen_by = fields.String(required=True)
    status = Choice(FreezeStatus, required=True, metadata={"description": "Whether the freeze stands."})
    case_id = fields.UUID(required=True)
    lifted_at = Instant(required=True, allow_none=True)
    lifted_by = fields.String(required=True, allow_none=True)
    suspected_since = Instant(
        required=True,
        allow_none=True,
        metadata={"description": "Of a theft that is over: what was learnt since then was taken back"},
    )


class CaseShown(StrictSchema):
    case_id = fields.UUID(required=True)
    reference = fields.String(required=True)
    status = Choice(CaseStatus, required=True)


class FreezeResponse(StrictSchema):
    freeze = fields.Nested(FreezeShown, required=True)
    case = fields.Nested(CaseShown, required=True)


class FreezePage(StrictSchema):
    items = fields.List(fields.Nested(FreezeShown), required=True)
    next_cursor = fields.String(required=True, allow_none=True)


class UnfreezeRequest(StrictSchema):
    case_id = fields.UUID(required=True)
    reason = Text(
        longest=LONGEST_TEXT, required=True, metadata={"description": "Why the account is safe again."}
    )
    suspected_since = Instant(
        metadata={
            "description": "Since when a thief may have acted; not after the freeze. Default for"
            " `theft_reported` and `device_lost`: 14 days before the freeze, or the first login before that"
            " which its owner was asked about and did not answer `was_me`. With any other reason, naming a"
            " day makes it a theft."
        }
    )


class ApproveRequest(StrictSchema):
    note = Text(longest=LONGEST_TEXT)


class RefuseRequest(StrictSchema):
    note = Text(longest=LONGEST_TEXT, required=True)


class UnfreezeResponse(StrictSchema):
    request_id = fields.UUID(required=True)
    status = Choice(
        ApprovalStatus,
        required=True,
        metadata={"description": "Whether another person has decided, and how."},
    )
    suspected_since = Instant(
        required=True, allow_none=True, metadata={"description": "Null: nothing is taken back"}
    )
