"""An install's id is a bearer secret: read routes, evidence, letters and webhooks show its digest."""

from __future__ import annotations

import base64
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

import httpx
import pytest
from sqlalchemy import select

from secmon.history.timeline import disclosed
from secmon.outbox.models import OwedMessage
from secmon.rooms.entries import Entry
from secmon.sealing.install_ids import InstallIds, is_reference
from secmon.sealing.keyring import KeyRing
from tests.cases import desk
from tests.logins.factories import INSTALLS, login, phone, takeover
from tests.logins.test_challenges import post
from tests.service import START, TEST_KEYS, Service


def secrets(account_id: str) -> tuple[str, str]:
    return f"ins-{account_id}", f"strange-{account_id}"


def everything_read(service: Service, account_id: str, case_id: str, alert_id: str) -> Iterator[str]:
    """The text of all that anybody may read of the account; of pages their cursors, too."""
    path = f"/v1/accounts/{account_id}"
    pages = [f"{path}/{name}" for name in ("login-events", "devices", "alerts", "freezes", "messages")]
    pages += [f"/v1/cases/{case_id}", f"/v1/cases/{case_id}/timeline", f"/v1/cases/{case_id}/evidence"]
    pages += [f"/v1/alerts/{alert_id}", f"/v1/cases?account_id={account_id}"]
    with service.client("supervisor") as staff:
        for page in [*pages, f"/v1/audit?account_id={account_id}"]:
            answer = staff.get(page).raise_for_status()
            yield answer.text
        for page in (f"{path}/login-events", f"{path}/devices", f"{path}/alerts"):
            cursor = staff.get(page, params={"limit": 1}).json()["next_cursor"]
            if cursor is not None:
                yield base64.urlsafe_b64decode(cursor + "==").decode("utf-8", "replace")
    with service.work(write=False) as work:
        yield from work.session.scalars(
            select(OwedMessage.payload).where(OwedMessage.account_id == account_id)
        )


def test_A71_nothing_that_is_read_shows_an_installs_id(
    service: Service, wallet: httpx.Client, account_id: str
) -> None:
    post(wallet, login(account_id))
    change = {"event_id": "c1", "credential": "password", "method": "user", "occurred_at": START.isoformat()}
    path = f"/v1/accounts/{account_id}"
    wallet.post(
        f"{path}/credential-changes", json={**change, "device_id": f"ins-{account_id}"}
    ).raise_for_status()
    event = takeover(account_id)
    alert_id = post(wallet, event)["alert_id"]
    proof = {"outcome": "passed", "method": "otp"}
    wallet.post(f"{path}/login-events/{event['event_id']}/challenge", json=proof).raise_for_status()
    for named in secrets(account_id):
        wallet.patch(f"{path}/devices/{named}", json={"trusted": True}).raise_for_status()
    post(
        wallet,
        login(account_id, device_id=f"third-{account_id}", amr=["pwd", "otp"], after=timedelta(hours=2)),
    )
    wallet.delete(f"{path}/devices/third-{account_id}").raise_for_status()
    answered = wallet.post(f"/v1/alerts/{alert_id}/answer", json={"answer": "not_me"}).raise_for_status()
    case_id = answered.json()["case_id"]
    texts = [answered.text, *everything_read(service, account_id, case_id, alert_id)]
    for secret in (*secrets(account_id), f"third-{account_id}"):
        assert not [text for text in texts if secret in text]
    for shown in (phone(account_id), phone(account_id, "strange"), phone(account_id, "third")):
        assert sum(shown in text for text in texts) > 1


@pytest.fixture
def known(wallet: httpx.Client, account_id: str) -> str:
    """The path of an account's devices: a phone and a browser."""
    post(wallet, login(account_id))
    browser = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/130.0.0.0 Safari/537.36"
    post(wallet, login(account_id, device_id=None, user_agent=browser, amr=["otp"], after=timedelta(hours=1)))
    return f"/v1/accounts/{account_id}/devices"


def test_R45_what_is_listed_is_what_may_be_changed_and_forgotten(wallet: httpx.Client, known: str) -> None:
    listed = [device["device_id"] for device in wallet.get(known).json()["items"]]
    assert len(listed) == 2
    for shown in listed:
        changed = wallet.patch(f"{known}/{shown}", json={"label": "Mine"}).raise_for_status().json()
        assert (changed["device_id"], changed["label"]) == (shown, "Mine")
        assert wallet.delete(f"{known}/{shown}").status_code == 204
        assert desk.code(wallet.delete(f"{known}/{shown}")) == (404, "device_unknown")
    assert wallet.get(known).json()["items"] == []


def test_R45_the_wallet_may_name_its_install_as_it_does(
    wallet: httpx.Client, known: str, account_id: str
) -> None:
    answer = post(wallet, login(account_id, after=timedelta(hours=2)))["device"]
    assert (answer["device_id"], answer["reference"]) == (f"ins-{account_id}", phone(account_id))
    changed = wallet.patch(f"{known}/ins-{account_id}", json={"label": "Mine"}).raise_for_status()
    assert changed.json()["device_id"] == phone(account_id)


def test_R45_pages_go_on_behind_a_device_that_is_shown_by_its_digest(
    wallet: httpx.Client, known: str, account_id: str
) -> None:
    post(wallet, login(account_id, after=timedelta(hours=2)))
    whole = wallet.get(known).json()["items"]
    first = wallet.get(known, params={"limit": 1}).json()
    assert f"ins-{account_id}" not in base64.urlsafe_b64decode(first["next_cursor"] + "==").decode()
    second = wallet.get(known, params={"limit": 1, "cursor": first["next_cursor"]}).json()
    assert (first["items"] + second["items"], second["next_cursor"]) == (whole, None)


@pytest.mark.parametrize("route", ["login-events", "batch", "risk-assessments", "credential-changes"])
def test_A71_nobody_names_an_install_by_what_another_is_shown_as(
    wallet: httpx.Client, account_id: str, route: str
) -> None:
    """It would be taken for the owner's phone when that is trusted or forgotten."""
    post(wallet, login(account_id))
    event: dict[str, Any] = takeover(account_id, device_id=phone(account_id))
    if route == "batch":
        (result,) = wallet.post("/v1/login-events/batch", json={"events": [event]}).json()["results"]
        assert (result["status"], result["errors"][0]["pointer"]) == ("invalid", "/events/0/device_id")
        return
    if route == "credential-changes":
        change = {"event_id": "c", "credential": "password", "method": "user", "device_id": phone(account_id)}
        path = f"/v1/accounts/{account_id}/credential-changes"
        answer = wallet.post(path, json={**change, "occurred_at": START.isoformat()})
    else:
        left_out = {"event_id", "outcome"} if route == "risk-assessments" else set()
        sent = {name: value for name, value in event.items() if name not in left_out}
        answer = wallet.post(f"/v1/{route}", json=sent)
    assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (422, "/device_id")


def test_A71_what_the_record_said_of_a_device_before_is_told_by_its_digest() -> None:
    facts = {"subject": "ins-1", "by": "ins-1 ltd"}
    said = {"en": "X forgot device ins-1.", "zh-CN": "X 移除了设备 ins-1。"}
    told = disclosed(Entry(START, "1", "device.forgotten", said, facts), INSTALLS)
    assert told.facts == {"subject": INSTALLS.shown("ins-1"), "by": "ins-1 ltd"}
    assert not [text for text in told.sentence.values() if "ins-1" in text]


def test_R45_an_install_is_shown_alike_on_every_account(wallet: httpx.Client, account_id: str) -> None:
    """So that staff see that two accounts share a phone."""
    shared = f"ins-{account_id}"
    others = [f"{account_id}-{number}" for number in (1, 2)]
    for other in others:
        post(wallet, login(other, device_id=shared))
    listed = [wallet.get(f"/v1/accounts/{other}/devices").json()["items"][0]["device_id"] for other in others]
    assert listed == [INSTALLS.shown(shared)] * 2


def test_R45_no_digest_of_one_account_means_a_device_of_another(
    wallet: httpx.Client, known: str, account_id: str
) -> None:
    assert known
    post(wallet, login(f"{account_id}-2"))
    answer = wallet.patch(f"/v1/accounts/{account_id}-2/devices/{phone(account_id)}", json={"trusted": True})
    assert desk.code(answer) == (404, "device_unknown")


def test_R45_digests_of_before_a_rotation_are_still_known() -> None:
    rotated = replace(TEST_KEYS, keys={**TEST_KEYS.keys, "new": b"\x08" * 32}, primary="new")
    before, after = INSTALLS.shown("ins-1"), InstallIds(rotated).shown("ins-1")
    assert before != after
    assert all(is_reference(one) and InstallIds(rotated).means(one, "ins-1") for one in (before, after))
    assert not InstallIds(KeyRing({"new": b"\x08" * 32}, "new")).means(before, "ins-1")
    assert not InstallIds(rotated).means(before, "ins-2")


def test_R45_what_names_no_install_is_shown_as_it_is() -> None:
    for key in ("traits:0123456789abcdef01234567", "traits:0123456789abcdef01234567:2", phone("acct-1")):
        assert INSTALLS.shown(key) == key
    for install in ("traits:0123", "install:xyz", "INSTALL:0123456789abcdef01234567", "ins-1"):
        assert is_reference(INSTALLS.shown(install))
