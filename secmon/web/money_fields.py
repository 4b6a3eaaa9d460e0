"""Money on the wire: decimals in strings, never numbers, for a number has been a float on its way."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from marshmallow import ValidationError, fields, validate

from secmon.core.money import AMOUNT, CURRENCY, plain
from secmon.core.money import amount as read

# What names a payee without saying who it is: a digest of the wallet's making.
DIGEST = re.compile(r"[A-Za-z0-9_-]{16,64}", re.ASCII)

NO_AMOUNT = 'Must be a decimal in a string, with at most eight decimals: "12.50"'


class Money(fields.String):
    """A decimal string with at most eight decimals; loaded as it was written, without needless noughts."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(validate=validate.Regexp(rf"\A(?:{AMOUNT.pattern})\Z"), **kwargs)

    def _deserialize(
        self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any
    ) -> str:
        try:
            return plain(read(value).normalize())
        except ValueError:
            raise ValidationError(NO_AMOUNT) from None


class Currency(fields.String):
    """ISO 4217, or what the wallet calls its coin."""

    def __init__(self, **kwargs: Any) -> None:
        wanted = validate.Regexp(rf"\A(?:{CURRENCY.pattern})\Z", error="Must be a currency: CNY")
        super().__init__(validate=wanted, **kwargs)


class Digest(fields.String):
    """16 to 64 characters of base64url or hexadecimal."""

    def __init__(self, **kwargs: Any) -> None:
        wanted = validate.Regexp(
            rf"\A(?:{DIGEST.pattern})\Z", error="Must be a digest: 16 to 64 of A-Z a-z 0-9 _ -"
        )
        super().__init__(validate=wanted, **kwargs)
