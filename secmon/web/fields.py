"""Strict marshmallow fields: a type is what it says, and nothing is coerced into fitting."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Mapping
from datetime import UTC, datetime
from functools import cache, lru_cache
from typing import Any

from marshmallow import RAISE, Schema, ValidationError, fields, validate
from marshmallow.validate import Length

# 1 to 64 characters, and neither `.` nor `..`: in a URL those are steps (RFC 3986 §5.2.4), which whoever
# builds or cleans it takes out, so that it leads to somebody else's resource. No lookahead: what generates
# values from the documented pattern need not know any.
IDENTIFIER = re.compile(
    r"(?:[A-Za-z0-9_:-][A-Za-z0-9._:-]{0,63}"
    r"|\.[A-Za-z0-9_:-][A-Za-z0-9._:-]{0,62}"
    r"|\.\.[A-Za-z0-9._:-]{1,62})",
    re.ASCII,
)
IDENTIFIER_PATTERN = f"^{IDENTIFIER.pattern}$"
# Owners come back from theirs, and reading one costs more than all other fields.
ADDRESSES_KEPT = 16_384
LARGEST_WHOLE = 2**53 - 1  # RFC 8259 §6
# RFC 3339 §5.6; the offset is required, so a naive time never gets in.
_RFC3339 = re.compile(r"\d{4}-\d\d-\d\d[Tt]\d\d:\d\d:\d\d(\.\d{1,9})?([Zz]|[+-]\d\d:\d\d)", re.ASCII)


# What a person is shown on one line: something to see, and nothing that breaks or turns the line.
_BLANK = r"\u0020\u00a0\u1680\u2000-\u200d\u202f\u205f\u2060\u3000\ufeff"
_BREAK = r"\u0000-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069"
ONE_LINE = validate.Regexp(
    rf"\A[{_BLANK}]*[^{_BLANK}{_BREAK}][^{_BREAK}]*\Z",
    error="Must be one line with something to see on it",
)


class StrictSchema(Schema):
    """Refuses what it does not know."""

    class Meta:
        unknown = RAISE

    def dump(self, obj: Any, *, many: bool | None = None) -> dict[str, Any]:
        """One object as its JSON members."""
        shown: dict[str, Any] = super().dump(obj, many=many)
        return shown

    @classmethod
    def show(cls, obj: object) -> dict[str, Any]:
        """As `dump`, by the one instance of its class: making one costs more than using it."""
        return _instance(cls).dump(obj)


@cache
def _instance(schema: type[StrictSchema]) -> StrictSchema:
    return schema()


class Text(fields.String):
    """A string of `1..longest` characters, which may have to be more than that."""

    def __init__(
        self, *, longest: int, shortest: int = 1, validate: validate.Validator | None = None, **kwargs: Any
    ) -> None:
        wanted = [Length(min=shortest, max=longest), *([] if validate is None else [validate])]
        super().__init__(validate=wanted, **kwargs)

    def _deserialize(
        self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any
    ) -> str:
        if not isinstance(value, str):
            raise self.make_error("invalid")
        return value


class Choice(fields.String):
    """One of a closed set of strings."""

    def __init__(self, choices: Any, **kwargs: Any) -> None:
        super().__init__(validate=validate.OneOf([str(choice) for choice in choices]), **kwargs)


class Identifier(fields.String):
    """An identifier of the wallet's choosing: 1 to 64 of `A-Z a-z 0-9 . _ : -`, and no dot segment."""

    def _deserialize(
        self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any
    ) -> str:
        if not isinstance(value, str) or not IDENTIFIER.fullmatch(value):
            raise ValidationError("Must be 1 to 64 characters of A-Z a-z 0-9 . _ : -, and not . or ..")
        return value


def instant(value: Any) -> datetime:
    """An RFC 3339 time with an offset, in UTC; raises ValueError for anything else."""
    if not isinstance(value, str) or not _RFC3339.fullmatch(value):
        raise ValueError
    try:
        return datetime.fromisoformat(value.upper()).astimezone(UTC)
    except OverflowError:
        raise ValueError from None


class Instant(fields.Field[datetime]):
    """An RFC 3339 time with an offset; dumped in UTC with `Z`."""

    def _serialize(self, value: datetime | None, attr: str | None, obj: Any, **kwargs: Any) -> str | None:
        return None if value is None else rfc3339(value)

    def _deserialize(
        self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any
    ) -> datetime:
        try:
            return instant(value)
        except ValueError:
            raise ValidationError("Must be an RFC 3339 time with an offset") from None


def address(value: Any) -> str:
    """An address as `Address` has it; raises ValueError for anything else."""
    if not isinstance(value, str) or "%" in value or not value.isascii():
        raise ValueError
    return _canonical(value)


class Address(fields.Field[str]):
    """An IPv4 or IPv6 address in its canonical spelling (RFC 5952); IPv4-mapped IPv6 becomes IPv4."""

    def _deserialize(
        self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any
    ) -> str:
        try:
            return address(value)
        except ValueError:
            raise ValidationError("Must be an IPv4 or IPv6 address") from None


@lru_cache(ADDRESSES_KEPT)
def _canonical(text: str) -> str:
    address = ipaddress.ip_address(text)
    return str(getattr(address, "ipv4_mapped", None) or address)


class Flag(fields.Boolean):
    """`true` or `false`, and no `1`, `"yes"` or `"on"`."""

    def _deserialize(
        self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any
    ) -> bool:
        if not isinstance(value, bool):
            raise self.make_error("invalid", input=value)
        return value


class Whole(fields.Integer):
    """A JSON integer; no `"5"`, no `12.0`, no `true`; no larger than any JSON reader takes."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("validate", validate.Range(-LARGEST_WHOLE, LARGEST_WHOLE))
        super().__init__(**kwargs)

    def _deserialize(
        self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any
    ) -> int:
        if not isinstance(value, int) or isinstance(value, bool):
            raise self.make_error("invalid", input=value)
        return value


class Number(fields.Float):
    """A finite JSON number; no string, no boolean."""

    def _deserialize(
        self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any
    ) -> float:
        if not isinstance(value, int | float) or isinstance(value, bool) or abs(value) > 1e300:
            raise self.make_error("invalid", input=value)
        return float(value)


def rfc3339(value: datetime) -> str:
    """UTC with `Z`; fractions only where there are any."""
    return value.astimezone(UTC).isoformat().replace("+00:00", "Z")
