"""The wire shapes of verdicts, and of the quality of the policy in force."""

from __future__ import annotations

from marshmallow import fields

from secmon.quality.verdicts import Truth
from secmon.web.fields import Choice, Instant, StrictSchema


class VerdictRequest(StrictSchema):
    verdict = Choice(Truth, required=True, metadata={"description": "Whose the login was."})
    case_id = fields.UUID(
        required=True,
        metadata={
            "description": "The case of this account on which that was found. For `owner`, its identity check"
            " is good."
        },
    )


class LoginVerdictResponse(StrictSchema):
    account_id = fields.String(required=True)
    event_id = fields.String(required=True)
    verdict = Choice(Truth, required=True, metadata={"description": "Whose the login was."})
    case_id = fields.UUID(required=True)
    decided_at = Instant(required=True)
    decided_by = fields.String(required=True)


class ProportionResponse(StrictSchema):
    """`hits` of `of`, with Wilson's interval of 95 %; null where there is nothing to count."""

    hits = fields.Integer(required=True)
    of = fields.Integer(required=True)
    share = fields.Float(required=True, allow_none=True)
    low = fields.Float(required=True, allow_none=True)
    high = fields.Float(required=True, allow_none=True)


class RecallResponse(StrictSchema):
    """A share that follows from others, with the interval that follows from theirs."""

    share = fields.Float(required=True, allow_none=True)
    low = fields.Float(required=True, allow_none=True)
    high = fields.Float(required=True, allow_none=True)


class RandomSampleResponse(StrictSchema):
    """Logins that were let in and whose owners were asked at random (`notify.sample`)."""

    asked = fields.Integer(required=True)
    answered = fields.Nested(ProportionResponse, required=True)
    missed = fields.Nested(
        ProportionResponse, required=True, metadata={"description": "Of those answered: disowned."}
    )
    recall = fields.Nested(
        RecallResponse,
        required=True,
        metadata={"description": "Takeovers caught, of those and of what was missed as the sample has it."},
    )


class SignalQualityResponse(StrictSchema):
    precision = fields.Nested(
        ProportionResponse,
        required=True,
        metadata={"description": "Takeovers among the labelled logins that it spoke against."},
    )
    recall = fields.Nested(
        ProportionResponse,
        required=True,
        metadata={"description": "The labelled takeovers that it spoke against."},
    )


class QualityOfWeeks(StrictSchema):
    logins = fields.Dict(
        keys=fields.String(),
        values=fields.Integer(),
        required=True,
        metadata={"description": "How many logins the policy decided how, as far as a sample tells."},
    )
    not_let_in = fields.Nested(ProportionResponse, required=True)
    labels = fields.Dict(
        keys=fields.String(),
        values=fields.Integer(),
        required=True,
        metadata={"description": "Logins by whose they were: owner, takeover."},
    )
    sources = fields.Dict(
        keys=fields.String(),
        values=fields.Dict(keys=fields.String(), values=fields.Integer()),
        required=True,
        metadata={"description": "The same by who said so: staff, answer, challenge. One may have several."},
    )
    conflicts = fields.Integer(
        required=True, metadata={"description": "Logins with labels of two minds; what leads counts above."}
    )
    abandoned = fields.Integer(
        required=True, metadata={"description": "Challenges of which nothing was heard in 24 hours."}
    )
    precision = fields.Nested(
        ProportionResponse,
        required=True,
        metadata={"description": "Takeovers among the labelled logins that were not let in."},
    )
    recall = fields.Nested(
        ProportionResponse,
        required=True,
        metadata={
            "description": "Labelled takeovers that were not let in. An upper bound: of one that was let in,"
            " and that nobody noticed, there is no label."
        },
    )
    random_sample = fields.Nested(RandomSampleResponse, required=True)
    signals = fields.Dict(
        keys=fields.String(),
        values=fields.Nested(SignalQualityResponse),
        required=True,
        metadata={"description": "By the code of the evidence."},
    )


class QualityOfWeek(QualityOfWeeks):
    week = fields.String(required=True, metadata={"description": "Its Monday (UTC)."})


class QualityResponse(StrictSchema):
    """`latest`: the last four weeks that were counted, together. `weeks`: each by itself, oldest first."""

    counted_at = Instant(required=True, allow_none=True)
    latest = fields.Nested(QualityOfWeeks, required=True)
    weeks = fields.List(fields.Nested(QualityOfWeek), required=True)
