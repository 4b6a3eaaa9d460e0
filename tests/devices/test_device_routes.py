"""An owner's devices over HTTP: named, trusted, forgotten."""

from __future__ import annotations

import base64
from datetime import timedelta

import httpx
import pytest

from tests.logins.factories import login


@pytest.fixture
def path(wallet: httpx.Client, account_id: str) -> str:
    wallet.post("/v1/login-events", json=login(account_id)).raise_for_status()
    return f"/v1/accounts/{account_id}/devices"


def test_a_device_is_listed_with_a_label_that_a_person_understands(wallet: httpx.Client, path: str) -> None:
    (device,) = wallet.get(path).json()["items"]
    assert device["label"] == "Xiaomi 2201123C · Android 14 · UWallet 5"
    assert device["trusted"] is False


def test_a_trusted_device_speaks_for_its_owner(wallet: httpx.Client, path: str, account_id: str) -> None:
    changed = wallet.patch(f"{path}/ins-{account_id}", json={"label": "My phone", "trusted": True})
    assert (changed.status_code, changed.json()["label"], changed.json()["trusted"]) == (
        200,
        "My phone",
        True,
    )
    answer = wallet.post("/v1/login-events", json=login(account_id, after=timedelta(hours=1))).json()
    assert answer["device"]["trusted"] is True
    assert answer["device"]["label"] == "My phone"
    assert "trusted_device" in {signal["code"] for signal in answer["risk"]["signals"]}


def test_a_forgotten_device_is_new_at_its_next_login(
    wallet: httpx.Client, path: str, account_id: str
) -> None:
    assert wallet.delete(f"{path}/ins-{account_id}").status_code == 204
    assert wallet.delete(f"{path}/ins-{account_id}").status_code == 404
    answer = wallet.post("/v1/login-events", json=login(account_id, after=timedelta(hours=2))).json()
    assert answer["device"]["recognition"] == "new"
    codes = {signal["code"] for signal in answer["risk"]["signals"]}
    assert "new_device" in codes
    assert "usual_device" not in codes


@pytest.mark.parametrize("body", [{}, {"trusted": "yes"}, {"trusted": 1}, {"label": ""}, {"role": "admin"}])
def test_a_change_that_does_not_fit_changes_nothing(
    wallet: httpx.Client, path: str, account_id: str, body: dict[str, object]
) -> None:
    assert wallet.patch(f"{path}/ins-{account_id}", json=body).status_code == 422
    assert wallet.get(path).json()["items"][0]["trusted"] is False


def test_a_frozen_account_trusts_no_device_and_forgets_none(
    wallet: httpx.Client, path: str, account_id: str
) -> None:
    device = f"{path}/ins-{account_id}"
    assert wallet.patch(device, json={"trusted": True}).status_code == 200
    report = {"reason": "theft_reported", "channel": "in_app"}
    assert wallet.post(f"/v1/accounts/{account_id}/freeze", json=report).status_code == 201
    for refused in (
        wallet.patch(device, json={"trusted": True}),
        wallet.patch(device, json={"label": "Mine", "trusted": True}),
        wallet.delete(device),
    ):
        assert (refused.status_code, refused.json()["code"]) == (409, "account_frozen")
    assert wallet.delete(f"{path}/unknown").status_code == 404
    # Neither a name nor less trust is of use to a thief.
    changed = wallet.patch(device, json={"label": "Stolen", "trusted": False})
    assert (changed.json()["label"], changed.json()["trusted"]) == ("Stolen", False)


@pytest.mark.parametrize("label", ["   ", "\u3000", "\u200b", "a\nb", "a\u2028b", "\u202emalware", "a\tb"])
def test_a_label_is_one_line_that_can_be_seen(
    wallet: httpx.Client, path: str, account_id: str, label: str
) -> None:
    refused = wallet.patch(f"{path}/ins-{account_id}", json={"label": label})
    assert (refused.status_code, refused.json()["errors"][0]["pointer"]) == (422, "/label")


@pytest.mark.parametrize("label", ["妈妈的　手机", "👨\u200d👩\u200d👧 phone", "x"])
def test_a_label_may_be_in_any_script(wallet: httpx.Client, path: str, account_id: str, label: str) -> None:
    assert wallet.patch(f"{path}/ins-{account_id}", json={"label": label}).json()["label"] == label


def test_devices_of_an_unknown_account_are_404(wallet: httpx.Client) -> None:
    assert wallet.get("/v1/accounts/nobody/devices").status_code == 404
    assert wallet.delete("/v1/accounts/nobody/devices/x").status_code == 404


def test_a_cursor_with_a_naive_time_is_no_cursor(wallet: httpx.Client, path: str, account_id: str) -> None:
    cursor = base64.urlsafe_b64encode(b'["2026-11-22T10:00:00", "x"]').decode()
    for listed in (path, f"/v1/accounts/{account_id}/login-events"):
        assert wallet.get(listed, params={"cursor": cursor}).status_code == 422
