"""The wire shapes of the gate, of owners' locks and of appeals."""

from __future__ import annotations

from typing import Any

from marshmallow import ValidationError, fields, validate, validates_schema

from secmon.accounts.gate import MOVES_MONEY, Action
from secmon.cases.states import CaseChannel
from secmon.gate.appeals import AppealStatus
from secmon.gate.deciding import Verdict
from secmon.web.fields import Address, Choice, Flag, Identifier, Instant, StrictSchema, Text
from secmon.web.install_fields import InstallId
from secmon.web.money_fields import Currency, Digest, Money

VERDICTS = tuple(verdict.name.lower() for verdict in Verdict)
SHARE = validate.Regexp(r"\A0\.[0-9]{1,8}\Z", error="Must be a share: above 0, below 1")


class AppRequest(StrictSchema):
    """What the phone knows. What is not told is no evidence."""

    integrity = Choice(("passed", "failed"), metadata={"description": "The platform's verdict on the app."})
    remote_control = Flag(metadata={"description": "Somebody controls the phone from elsewhere."})
    screen_shared = Flag(metadata={"description": "The screen is being shared or recorded."})
    on_call = Flag(metadata={"description": "A call is going on."})


class GateQuestion(StrictSchema):
    request_id = Identifier(
        required=True, metadata={"description": "Your own id of what is to be done: a retry keeps it."}
    )
    action = Choice(Action, required=True, metadata={"description": "What is to be done."})
    amount = Money(metadata={"description": "How much is to go. One that is not told is above any cap."})
    currency = Currency(metadata={"description": "Of the amount; by default, that of the hold rules."})
    balance = Money(metadata={"description": "What there is before: a cap may be a share of it."})
    payee = Digest(metadata={"description": "Who gets it, as a digest of your making."})
    session_id = Identifier(metadata={"description": "The session, as its login named it."})
    device_id = InstallId(metadata={"description": "The install that asks."})
    ip = Address(metadata={"description": "Where it asks from."})
    user_agent = Text(longest=4096, metadata={"description": "What it calls itself."})
    app = fields.Nested(AppRequest, metadata={"description": "What the phone knows of what is going on."})

    @validates_schema(skip_on_field_errors=True)
    def _belongs(self, data: dict[str, Any], **_: Any) -> None:
        """Money comes with what moves it."""
        for name in ("currency", "balance"):
            if name in data and "amount" not in data:
                raise ValidationError("Comes with an amount", name)
        if "amount" in data and Action(data["action"]) not in MOVES_MONEY:
            raise ValidationError("Comes with `transfer` or `withdraw`", "amount")


class GateReason(StrictSchema):
    code = fields.String(required=True, metadata={"description": "Why: a hold's trigger, or `frozen`, …"})
    detail = fields.String(required=True, metadata={"description": "The same for the owner, in words."})
    hold_id = fields.UUID(metadata={"description": "The hold that it is."})


class GateRemedy(StrictSchema):
    steps = fields.List(
        fields.String(), required=True, metadata={"description": "What the owner can do, in words."}
    )
    lifts = fields.List(
        Choice(("second_factor_before", "wait", "support")),
        required=True,
        metadata={"description": "What makes it possible: a factor that is older, time, or support."},
    )
    papers = fields.List(
        fields.String(), required=True, metadata={"description": "What support asks the owner for."}
    )


class GateAnswer(StrictSchema):
    request_id = fields.String(required=True)
    decision = Choice(VERDICTS, required=True, metadata={"description": "What to do now."})
    until = Instant(
        required=True,
        allow_none=True,
        metadata={"description": "When it is over by itself; null where it is not, or nothing stops it."},
    )
    reasons = fields.List(fields.Nested(GateReason), required=True)
    remedy = fields.Nested(GateRemedy, required=True)
    decision_token = fields.String(
        metadata={"description": "Of an `allow`: shows for a minute that this was allowed, and nothing else."}
    )


class GateProofRequest(StrictSchema):
    """A code of the owner's authenticator, or what the wallet itself has checked."""

    code = Text(longest=16, metadata={"description": "A code of the authenticator."})
    method = Text(
        longest=16, metadata={"description": "Your own check that was passed, by its name in RFC 8176."}
    )

    @validates_schema(skip_on_field_errors=True)
    def _one_of_them(self, data: dict[str, Any], **_: Any) -> None:
        if ("code" in data) == ("method" in data):
            raise ValidationError("Send a code or a method, and not both", "code")


class LiftRequest(GateProofRequest):
    device_id = InstallId(required=True, metadata={"description": "The phone that it is lifted from."})
    ip = Address(metadata={"description": "Where it is lifted from: some holds are lifted at home alone."})


class DecisionRequest(StrictSchema):
    """What is about to be done, exactly as the gate was asked."""

    decision_token = Text(longest=4096, required=True, metadata={"description": "What the gate answered."})
    account_id = Identifier(required=True)
    request_id = Identifier(required=True, metadata={"description": "The id that the gate was asked under."})
    action = Choice(Action, required=True, metadata={"description": "What is to be done."})
    amount = Money(metadata={"description": "How much is to go."})
    currency = Currency()
    payee = Digest(metadata={"description": "Who gets it."})


class DecisionResponse(StrictSchema):
    valid = Flag(required=True, metadata={"description": "Whether it may be done. A token is taken once."})
    reason = fields.String(
        required=True,
        allow_none=True,
        metadata={"description": "`not_a_decision`, `for_something_else`, `account_changed` or `spent`."},
    )


class FenceRequest(StrictSchema):
    """Money that stays: a share of the balance, or an amount."""

    share = fields.String(validate=SHARE, metadata={"description": "Of the balance: `0.8`."})
    amount = Money(metadata={"description": "How much stays."})
    currency = Currency()
    face_to_face = Flag(metadata={"description": "It opens in person alone, for a case with an ID document."})

    @validates_schema(skip_on_field_errors=True)
    def _one_of_them(self, data: dict[str, Any], **_: Any) -> None:
        if ("share" in data) == ("amount" in data):
            raise ValidationError("Send a share or an amount, and not both", "share")
        if ("amount" in data) != ("currency" in data):
            raise ValidationError("Comes with an amount, and an amount with it", "currency")


class AwayRequest(StrictSchema):
    amount = Money(required=True, metadata={"description": "What may go in all, away from familiar places."})
    currency = Currency(required=True)


class LocksRequest(StrictSchema):
    """All that the owner wants locked; what is left out is to be unlocked."""

    fence = fields.Nested(FenceRequest, metadata={"description": "Money that stays."})
    off = fields.List(
        Choice(tuple(action for action in Action if action is not Action.LOGIN)),
        validate=validate.Length(max=len(Action)),
        metadata={"description": "What is not to be done at all."},
    )
    away = fields.Nested(AwayRequest, metadata={"description": "What may go from unfamiliar places."})
    until = Instant(metadata={"description": "When all of it ends by itself; by default, never."})
    code = Text(longest=16, metadata={"description": "A code, where a lock is loosened."})


class LockResponse(StrictSchema):
    hold_id = fields.UUID(required=True)
    trigger = fields.String(required=True, metadata={"description": "Which kind of lock."})
    actions = fields.List(fields.String(), required=True)
    cap = fields.Dict(required=True, allow_none=True, metadata={"description": "What stays, or what may go."})
    face_to_face = Flag(required=True)
    begun_at = Instant(required=True)
    until = Instant(required=True, allow_none=True)
    loosens = Flag(required=True, metadata={"description": "It ends because its owner asked for less."})


class LocksResponse(StrictSchema):
    items = fields.List(fields.Nested(LockResponse), required=True)


class KeepRequest(StrictSchema):
    device_id = InstallId(required=True, metadata={"description": "A device that the account knows."})


class AppealRequest(StrictSchema):
    text = Text(longest=2000, required=True, metadata={"description": "Why it is wrong, in one's own words."})
    channel = Choice(CaseChannel, required=True, metadata={"description": "How it came in."})


class AppealVerdict(StrictSchema):
    note = Text(longest=2000, required=True, metadata={"description": "Why it is decided so."})


class AppealResponse(StrictSchema):
    appeal_id = fields.UUID(required=True)
    hold_id = fields.UUID(required=True)
    case_id = fields.UUID(required=True, metadata={"description": "The case that it is decided on."})
    status = Choice(AppealStatus, required=True)
    asked_at = Instant(required=True)
    decided_at = Instant(required=True, allow_none=True)
    note = fields.String(required=True, allow_none=True)
