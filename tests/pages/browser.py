"""An owner's browser at the page behind an alert's link."""

from __future__ import annotations

import uuid
from datetime import timedelta
from html.parser import HTMLParser

import httpx

from secmon.alerts import links
from tests.alerts.owner import Alerted
from tests.service import Service

# Where the owner's mail goes.
ADDRESS = "li@example.com"
LONG_AGO = timedelta(days=30)


def bind(service: Service, wallet: httpx.Client, account_id: str, email: str | None, ago: timedelta) -> None:
    """The wallet tells the owner's address, so long before the clock's now."""
    service.clock.advance(-ago)
    wallet.put(f"/v1/accounts/{account_id}", json={"email": email}).raise_for_status()
    service.clock.advance(ago)


class Form(HTMLParser):
    """What a browser sees of the page's form."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.hidden: dict[str, str] = {}
        self.buttons: list[str] = []
        self.scripts = 0
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "input" and given["type"] == "hidden":
            self.hidden[given["name"]] = given["value"]
        if tag == "button":
            self.buttons.append(given["value"])
        self.scripts += tag == "script"


class Page:
    """The owner's browser, at the link that the owner was sent."""

    def __init__(
        self, service: Service, owner: Alerted, browser: httpx.Client, address: str = ADDRESS
    ) -> None:
        self.owner, self.browser = owner, browser
        keys, now = service.settings.keys, service.clock.now
        self.path = f"/alerts/{links.token(uuid.UUID(owner.alert_id), address, keys, now)}"

    def open(self, **headers: str) -> httpx.Response:
        return self.browser.get(self.path, headers=headers)

    def send(self, said: str, form: Form, **headers: str) -> httpx.Response:
        return self.browser.post(self.path, data={**form.hidden, "answer": said}, headers=headers)

    def answer(self, said: str, **headers: str) -> httpx.Response:
        """Opens the page and presses one of its buttons."""
        form = Form(self.open().text)
        assert said in form.buttons
        return self.send(said, form, **headers)
