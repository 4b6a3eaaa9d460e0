"""The caller's language (RFC 9110 §12.5.4), out of those that owners' texts exist in."""

from __future__ import annotations

from flask import request

LOCALES = ("zh-CN", "en")


def wished_locale() -> str | None:
    """One of `LOCALES` where the caller asks for it; None leaves the choice to the account."""
    if "Accept-Language" not in request.headers:
        return None
    return request.accept_languages.best_match(LOCALES)
