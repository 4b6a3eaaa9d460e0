"""A browser that forgets its id is another device each time: its owner is told of it now and then."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import httpx
import pytest
from sqlalchemy import update

from secmon.alerts.models import Alert
from tests.logins.factories import LAGOS, login
from tests.service import Service

FIREFOX = "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:140.0) Gecko/20100101 Firefox/140.0"
CHROME = (
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) "
    "Chrome/138.0.0.0 Safari/537.36"
)
NOW = timedelta(hours=23)


class Owner:
    """Who has logged in eight times over 24 days by a browser that forgets."""

    def __init__(self, wallet: httpx.Client, account_id: str) -> None:
        self.wallet, self.account_id = wallet, account_id
        self.told = [self.log_in(f"web-{n}", NOW - timedelta(days=3 * (8 - n)))["alert_id"] for n in range(8)]

    def log_in(self, device_id: str, after: timedelta = NOW, **changes: Any) -> dict[str, Any]:
        changes = {"ip": "100.80.3.9", "user_agent": FIREFOX, **changes}
        event = login(self.account_id, device_id=f"{self.account_id}-{device_id}", after=after, **changes)
        answer: dict[str, Any] = self.wallet.post("/v1/login-events", json=event).raise_for_status().json()
        return answer


@pytest.fixture
def owner(wallet: httpx.Client, account_id: str) -> Owner:
    return Owner(wallet, account_id)


def test_the_owner_is_told_once_and_the_browser_is_new_all_the_same(owner: Owner):
    assert [alert is not None for alert in owner.told] == [False, True, *[False] * 6]
    again = owner.log_in("web-new")
    assert again["device"]["recognition"] == "new"
    assert "new_install_of_known_model" in {signal["code"] for signal in again["risk"]["signals"]}
    assert (again["decision"], again["alert_id"]) == ("allow", None)


@pytest.mark.parametrize(
    "changes",
    [
        {"ip": "100.80.3.77"},
        {"ip": "198.51.100.77", "geo": LAGOS},
        {"user_agent": CHROME},
        {"user_agent": FIREFOX.replace("Windows NT 10.0; Win64; x64", "X11; Linux x86_64")},
        {"user_agent": "UWallet/5.2.0 (Android 14; Xiaomi 2201123C; zh_CN)"},
    ],
)
def test_what_is_strange_besides_is_told(owner: Owner, changes: dict[str, Any]):
    assert owner.log_in("web-new", **changes)["alert_id"] is not None


def test_it_is_told_again_after_a_month(owner: Owner, service: Service):
    moved = service.clock.now
    service.clock.advance(timedelta(days=31))
    later = owner.log_in("web-later", NOW + timedelta(days=31))
    service.clock.now = moved
    assert later["alert_id"] is not None


def test_it_is_told_again_where_the_owner_has_said_not_me(owner: Owner, service: Service):
    with service.work() as work:
        work.session.execute(
            update(Alert).where(Alert.account_id == owner.account_id).values(answer="not_me")
        )
    assert owner.log_in("web-new")["alert_id"] is not None
