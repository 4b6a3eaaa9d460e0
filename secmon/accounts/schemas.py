"""Accounts as they are told of and shown."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any
from zoneinfo import available_timezones

from marshmallow import ValidationError, fields, validates_schema

from secmon.accounts.gate import Action, RequiredAction, Standing
from secmon.web.fields import Choice, Flag, Instant, StrictSchema, Text, Whole
from secmon.web.money_fields import Currency, Money
from secmon.wording.languages import LOCALES

# One address, no display name, no comment: what a mail server is handed, RFC 5321 §4.5.3.1 long.
_EMAIL = re.compile(
    r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@(?:[A-Za-z0-9-]{1,63}\.)+[A-Za-z0-9-]{2,63}", re.ASCII
)
# ITU-T E.164: a plus and at most 15 digits.
_PHONE = re.compile(r"\+[1-9][0-9]{6,14}", re.ASCII)
# Without those that mean another place on each machine, or none.
_ZONES = frozenset(available_timezones()) - {"Factory", "localtime", "posixrules"}


class Matching(Text):
    """A string that fits a pattern as a whole."""

    def __init__(self, pattern: re.Pattern[str], wanted: str, *, longest: int, **kwargs: Any) -> None:
        super().__init__(longest=longest, **kwargs)
        self.pattern, self.wanted, self.longest = pattern, wanted, longest

    def _deserialize(
        self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any
    ) -> str:
        text = super()._deserialize(value, attr, data, **kwargs)
        if len(text) > self.longest or not self.pattern.fullmatch(text):
            raise ValidationError(f"Must be {self.wanted}")
        return text


class Zone(Text):
    """The name of a time zone in the IANA database."""

    def _deserialize(
        self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any
    ) -> str:
        text = super()._deserialize(value, attr, data, **kwargs)
        if text not in _ZONES:
            raise ValidationError("Must be a time zone as IANA has it: Asia/Shanghai")
        return text


class ProfileRequest(StrictSchema):
    locale = Choice(LOCALES)
    time_zone = Zone(longest=64)
    email = Matching(_EMAIL, "an e-mail address", longest=254, allow_none=True)
    phone = Matching(_PHONE, "a phone number as E.164 has it: +8613812345678", longest=16, allow_none=True)
    password_changed_at = Instant()
    case_id = fields.UUID(
        metadata={
            "description": "A case of this account with a good identity check: staff bind, replace and remove"
            " contacts with it alone, and while the account is frozen so does everybody"
        }
    )


class ProfileResponse(StrictSchema):
    account_id = fields.String(required=True)
    locale = Choice(LOCALES, required=True)
    email = fields.String(required=True, allow_none=True, metadata={"description": "Masked"})
    phone = fields.String(required=True, allow_none=True, metadata={"description": "Masked"})
    time_zone = fields.String(required=True, allow_none=True)
    created_at = Instant(
        required=True, metadata={"description": "When the service first heard of the account."}
    )


class StandingQuery(StrictSchema):
    action = Choice(Action, metadata={"description": "Adds `allowed` to the answer"})
    amount = Money(
        metadata={
            "description": "How much is to go: what is held above a cap is allowed up to it. Not counted."
        }
    )
    currency = Currency(metadata={"description": "Of the amount; by default, that of the hold rules."})
    balance = Money(metadata={"description": "Of which it is to go; a cap may be a share of it."})

    @validates_schema(skip_on_field_errors=True)
    def _belongs(self, data: dict[str, Any], **_: Any) -> None:
        """An amount is asked about with what is to be done with it."""
        for name in ("amount", "currency", "balance"):
            if name in data and ("action" not in data or "amount" not in data):
                raise ValidationError("Comes with an action and an amount", name)


class RestrictionResponse(StrictSchema):
    action = Choice(Action, required=True, metadata={"description": "What is blocked."})
    until = Instant(required=True)
    reason = fields.String(required=True, metadata={"description": "What it follows from."})
    above_cap = Flag(metadata={"description": "It is blocked above a cap alone: ask with the amount."})


class StandingResponse(StrictSchema):
    account_id = fields.String(required=True)
    standing = Choice(Standing, required=True)
    restrictions = fields.List(fields.Nested(RestrictionResponse), required=True)
    required_actions = fields.List(Choice(RequiredAction), required=True)
    version = Whole(required=True)
    allowed = Flag(metadata={"description": "Only where `action` was asked about"})
