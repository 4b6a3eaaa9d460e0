"""Devices in bodies: an install's own id comes in, its digest goes out."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from marshmallow import ValidationError, fields

from secmon.sealing.install_ids import InstallIds, is_reference
from secmon.web.fields import Identifier
from secmon.web.parts import Part

INSTALL_IDS: Part[InstallIds] = Part("installs")


class InstallId(Identifier):
    """The id that the wallet's app gave its install."""

    def _deserialize(
        self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any
    ) -> str:
        install_id = super()._deserialize(value, attr, data, **kwargs)
        # It would be taken for the device that it was shown for.
        if is_reference(install_id):
            raise ValidationError("Is a digest that this service shows, and no install's own id")
        return install_id


class DeviceReference(fields.String):
    """A device: the digest of its install's id, or the key that it got where it names no install."""

    def __init__(self, **kwargs: Any) -> None:
        said = {"description": "The digest of an install's id, or the key of a device that names none"}
        super().__init__(metadata=said, **kwargs)

    def _serialize(self, value: str | None, attr: str | None, obj: Any, **kwargs: Any) -> str | None:
        return None if value is None else INSTALL_IDS.chosen().shown(value)
