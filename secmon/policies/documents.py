"""A policy as it comes in: checked whole before anything is stored."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from secmon.core.errors import FieldError, Invalid
from secmon.risk.policy import Policy
from secmon.risk.policy_document import PolicyError


def checked(document: Mapping[str, Any]) -> str:
    """The document as it is stored, with everything said that it left to defaults, which may change one day.

    Raises `Invalid`.
    """
    return json.dumps(checked_policy(document).to_document(), ensure_ascii=False)


def checked_policy(document: Mapping[str, Any]) -> Policy:
    """The policy that a document describes. Raises `Invalid`, which points at the field."""
    try:
        return Policy.from_document(document)
    except PolicyError as error:
        raise Invalid(errors=(FieldError(f"/document{error.pointer}", error.reason),)) from None
