"""What a name means wherever it stands; a field that means something else says so itself."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from marshmallow.fields import Field

GLOSSARY: Mapping[str, str] = {}


def known_as(name: str) -> dict[str, Any]:
    return {"description": GLOSSARY[name]} if name in GLOSSARY else {}


def described(_converter: object, field: Field[Any], **_: Any) -> dict[str, Any]:
    return {} if "description" in field.metadata else known_as(str(field.name))
