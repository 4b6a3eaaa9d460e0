"""Devices over HTTP."""

from __future__ import annotations

from typing import Any

from secmon.core import pages
from secmon.devices import service
from secmon.devices.labels import label
from secmon.devices.market_names import boxed_name
from secmon.devices.models import Device
from secmon.devices.schemas import DeviceChange, DevicePage, DeviceResponse, ForgetQuery
from secmon.devices.service import ON_FORGOTTEN
from secmon.devices.traits import Traits
from secmon.rooms.blueprint import Blueprint
from secmon.web.install_fields import INSTALL_IDS
from secmon.web.locale import locale_or_english
from secmon.web.operation import Answer, operation
from secmon.web.query import page_request
from secmon.web.unit_of_work import unit_of_work

blp = Blueprint(
    "devices",
    __name__,
    url_prefix="/v1/accounts/<identifier:account_id>/devices",
    description="The devices that an account was used from.",
)


@blp.route("", methods=["GET"])
@operation(
    "accounts:read", pages=True, answers={200: DevicePage}, leads_to=("change_device", "forget_device")
)
def list_devices(account_id: str) -> Answer:
    """The devices known of the account, latest in use first."""
    with unit_of_work(write=False) as work:
        devices, next_cursor = service.listed(
            work, account_id, page_request(pages.instant, str), INSTALL_IDS.chosen()
        )
    return DevicePage.show({"items": [_shown(device) for device in devices], "next_cursor": next_cursor})


@blp.route("/<identifier:device_id>", methods=["PATCH"])
@operation(
    "accounts:write",
    body=DeviceChange,
    answers={200: DeviceResponse},
    example={"label": "My phone", "trusted": True},
    problems=("device_unknown", "account_frozen", "identity_unverified"),
)
def change_device(account_id: str, device_id: str, body: dict[str, Any]) -> Answer:
    """Name a device, or say whether it is trusted; staff trust one with a `case_id`."""
    with unit_of_work() as work:
        device = service.change(work, account_id, device_id, INSTALL_IDS.chosen(), **body)
        return DeviceResponse.show(_shown(device))


@blp.route("/<identifier:device_id>", methods=["DELETE"])
@operation(
    "accounts:write",
    query=ForgetQuery,
    answers={204: "Forgotten"},
    problems=("device_unknown", "account_frozen", "identity_unverified"),
)
def forget_device(account_id: str, device_id: str, query: dict[str, Any]) -> Answer:
    """Forget a device: its next login is `new`. Staff name the `case_id` of a checked identity."""
    on_forgotten = ON_FORGOTTEN.chosen()
    with unit_of_work() as work:
        service.forget(work, account_id, device_id, INSTALL_IDS.chosen(), on_forgotten, query.get("case_id"))
    return None, 204


def _shown(device: Device) -> dict[str, Any]:
    traits = Traits.from_json(device.traits)
    return {
        "device_id": device.device_key,
        "label": device.label or label(traits, locale_or_english()),
        "market_name": boxed_name(traits.brand, traits.model),
        "trusted": device.trusted,
        "bound": device.key_thumbprint is not None,
        "system": traits.system,
        "client": traits.client,
        "first_seen_at": device.first_seen_at,
        "last_seen_at": device.last_seen_at,
    }
