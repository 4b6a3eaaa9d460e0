"""Cases as they are asked for and shown."""

from __future__ import annotations

from typing import Any

from marshmallow import ValidationError, fields, validate, validates_schema

from secmon.cases.approvals import ApprovalKind, ApprovalStatus
from secmon.cases.identity import CheckMethod, CheckOutcome
from secmon.cases.states import CaseChannel, CaseStatus, Category, Priority
from secmon.web.fields import ONE_LINE, Choice, Flag, Identifier, Instant, StrictSchema, Text, Whole
from secmon.web.install_fields import DeviceReference

LONGEST_SUBJECT = 200
LONGEST_TEXT = 10_000
MOST_LINKS = 50
AS_WRITTEN = "as somebody wrote it, or what the service says of itself in the language of Accept-Language"


class CaseRequest(StrictSchema):
    account_id = Identifier(required=True)
    category = Choice(Category, required=True)
    channel = Choice(CaseChannel, required=True)
    subject = Text(longest=LONGEST_SUBJECT, required=True)
    summary = Text(longest=LONGEST_TEXT)
    priority = Choice(Priority)
    alert_ids = fields.List(fields.UUID(), validate=validate.Length(max=MOST_LINKS))
    device_ids = fields.List(Identifier(), validate=validate.Length(max=MOST_LINKS))


class CaseQuery(StrictSchema):
    status = Choice(CaseStatus, metadata={"description": "Cases that are this far only."})
    category = Choice(Category, metadata={"description": "Cases of this category only."})
    assignee = Text(longest=128, metadata={"description": "Cases that this client works on only."})
    account_id = Identifier(metadata={"description": "Cases of this account only."})
    reference = Text(longest=16, metadata={"description": "The case that people call this."})
    overdue = Choice(
        ("true", "false"), metadata={"description": "Cases that are, or are not, past a target only."}
    )


class CaseChange(StrictSchema):
    """At least one of the three."""

    assignee = Text(longest=128, allow_none=True, metadata={"description": "A client_id; null: nobody"})
    priority = Choice(Priority)
    status = Choice(CaseStatus, metadata={"description": "The next step: how far the case is now."})

    @validates_schema
    def _something(self, data: dict[str, Any], **_: Any) -> None:
        if not data:
            raise ValidationError("Send assignee, priority, status or several of them")


class Links(StrictSchema):
    freeze_id = fields.String(required=True, allow_none=True)
    alert_ids = fields.List(fields.String(), required=True)
    device_ids = fields.List(DeviceReference(), required=True)


class CaseResponse(StrictSchema):
    case_id = fields.UUID(required=True)
    reference = fields.String(required=True)
    account_id = fields.String(required=True)
    category = Choice(Category, required=True)
    channel = Choice(CaseChannel, required=True)
    subject = fields.String(
        required=True,
        metadata={"description": f"What the case is about: {AS_WRITTEN}"},
    )
    summary = fields.String(
        required=True,
        allow_none=True,
        metadata={"description": f"What was reported: {AS_WRITTEN}"},
    )
    status = Choice(CaseStatus, required=True, metadata={"description": "How far the case is."})
    priority = Choice(Priority, required=True)
    assignee = fields.String(required=True, allow_none=True)
    links = fields.Nested(Links, required=True)
    opened_at = Instant(required=True)
    opened_by = fields.String(required=True)
    first_response_due_at = Instant(required=True)
    first_responded_at = Instant(required=True, allow_none=True)
    resolution_due_at = Instant(required=True)
    due_at = Instant(
        required=True, allow_none=True, metadata={"description": "The target that runs now; null: none does"}
    )
    overdue = fields.Boolean(required=True)
    resolved_at = Instant(required=True, allow_none=True)
    closed_at = Instant(required=True, allow_none=True)
    version = Whole(required=True)


class CasePage(StrictSchema):
    items = fields.List(fields.Nested(CaseResponse), required=True)
    next_cursor = fields.String(required=True, allow_none=True)


class NoteRequest(StrictSchema):
    text = Text(longest=LONGEST_TEXT, required=True)
    internal = Flag(required=True)


class NoteResponse(StrictSchema):
    note_id = fields.UUID(required=True)
    text = fields.String(required=True, metadata={"description": f"What the note says: {AS_WRITTEN}"})
    internal = fields.Boolean(required=True)
    written_at = Instant(required=True)
    written_by = fields.String(required=True)


class MessageResponse(StrictSchema):
    """A note for the owner, as the owner sees it: nothing of who wrote it."""

    message_id = fields.UUID(required=True)
    case_id = fields.UUID(required=True)
    reference = fields.String(required=True)
    text = fields.String(required=True)
    written_at = Instant(required=True)


class MessagePage(StrictSchema):
    items = fields.List(fields.Nested(MessageResponse), required=True)
    next_cursor = fields.String(required=True, allow_none=True)


class CheckRequest(StrictSchema):
    method = Choice(CheckMethod, required=True, metadata={"description": "How the identity was checked."})
    outcome = Choice(CheckOutcome, required=True, metadata={"description": "Whether it is the owner."})
    evidence_ref = Text(
        longest=200,
        validate=ONE_LINE,
        metadata={"description": "Where the proof is kept, not the proof itself; a passed check needs one"},
    )

    @validates_schema
    def _proven(self, data: dict[str, Any], **_: Any) -> None:
        if data["outcome"] == CheckOutcome.PASSED and "evidence_ref" not in data:
            raise ValidationError("Say where the proof is kept", "evidence_ref")


class CheckResponse(StrictSchema):
    check_id = fields.UUID(required=True)
    method = Choice(CheckMethod, required=True, metadata={"description": "How the identity was checked."})
    outcome = Choice(CheckOutcome, required=True, metadata={"description": "Whether it was the owner."})
    evidence_ref = fields.String(required=True, allow_none=True)
    checked_at = Instant(required=True)
    checked_by = fields.String(required=True)
    good_until = Instant(required=True, allow_none=True)


class PendingRequest(StrictSchema):
    """What one person has asked for, and another one decides."""

    request_id = fields.UUID(required=True)
    kind = Choice(ApprovalKind, required=True, metadata={"description": "What is asked for."})
    reason = fields.String(required=True, metadata={"description": "Why it is asked for."})
    requested_at = Instant(required=True)
    requested_by = fields.String(required=True)
    suspected_since = Instant(
        required=True,
        allow_none=True,
        metadata={"description": "With an unfreeze after a theft, what was learnt since is taken back"},
    )


class ErasureRequest(StrictSchema):
    reason = Text(longest=LONGEST_TEXT, required=True)


class ApproveErasure(StrictSchema):
    note = Text(longest=LONGEST_TEXT)


class RefuseErasure(StrictSchema):
    note = Text(longest=LONGEST_TEXT, required=True)


class ErasureAnswer(StrictSchema):
    request_id = fields.UUID(required=True)
    status = Choice(ApprovalStatus, required=True)


class ErasureShown(ErasureAnswer):
    reason = fields.String(required=True)
    requested_at = Instant(required=True)
    requested_by = fields.String(required=True)
    decided_at = Instant(required=True, allow_none=True, metadata={"description": "Null: not decided."})
    decided_by = fields.String(required=True, allow_none=True, metadata={"description": "Who decided."})
    note = fields.String(required=True, allow_none=True)


class ErasurePage(StrictSchema):
    items = fields.List(fields.Nested(ErasureShown), required=True)
    next_cursor = fields.String(required=True, allow_none=True)


class CaseDetail(CaseResponse):
    notes = fields.List(fields.Nested(NoteResponse), required=True)
    identity_checks = fields.List(fields.Nested(CheckResponse), required=True)
    pending_requests = fields.List(fields.Nested(PendingRequest), required=True)


class EntryResponse(StrictSchema):
    at = Instant(required=True)
    source = fields.String(required=True, metadata={"description": "Which part of the service knows of it."})
    what = fields.String(required=True)
    sentence = fields.String(required=True, metadata={"description": "In the language of Accept-Language"})
    facts = fields.Dict(keys=fields.String(), required=True)


class TimelinePage(StrictSchema):
    items = fields.List(fields.Nested(EntryResponse), required=True)
    next_cursor = fields.String(required=True, allow_none=True)


class Manifest(StrictSchema):
    format = fields.String(required=True)
    digest = fields.String(required=True)
    parts = fields.Dict(keys=fields.String(), values=fields.String(), required=True)


class EvidenceResponse(StrictSchema):
    about = fields.Dict(keys=fields.String(), required=True)
    case = fields.Nested(CaseDetail, required=True)
    timeline = fields.List(fields.Dict(keys=fields.String()), required=True)
    audit = fields.List(fields.Dict(keys=fields.String()), required=True)
    manifest = fields.Nested(Manifest, required=True)
    signature = fields.String(required=True, metadata={"description": "Compact JWS over the manifest"})
