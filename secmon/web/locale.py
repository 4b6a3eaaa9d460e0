"""The caller's language (RFC 9110 §12.5.4), out of those that owners' texts exist in."""

from __future__ import annotations

from flask import request

from secmon.wording.languages import ENGLISH, LOCALES

# Whatever the script or the region, zh-Hans, zh-SG, en-GB: that text is nearer than another language's. Who
# takes any (`*`) wishes none, and is told in the account's.
_BY_PRIMARY = {locale.partition("-")[0]: locale for locale in LOCALES}


def wished_locale() -> str | None:
    """One of `LOCALES` where the caller asks for it; None leaves the choice to the account."""
    if "HTTP_ACCEPT_LANGUAGE" not in request.environ:
        return None
    for language, quality in request.accept_languages:
        known = _BY_PRIMARY.get(language.partition("-")[0].lower())
        if quality > 0 and known is not None:
            return known
    return None


def locale_or_english() -> str:
    """For texts that are English where the caller wishes no other language."""
    return wished_locale() or ENGLISH
