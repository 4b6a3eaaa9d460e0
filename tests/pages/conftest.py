"""A browser, and the link in its owner's mailbox."""

from __future__ import annotations

from collections.abc import Iterator

import httpx
import pytest

from tests.alerts.owner import alerted
from tests.pages.browser import ADDRESS, LONG_AGO, Page, bind
from tests.service import NO_TLS, Service


@pytest.fixture
def browser(service: Service) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=service.url, timeout=20, verify=NO_TLS) as client:
        yield client


@pytest.fixture
def page(service: Service, wallet: httpx.Client, account_id: str, browser: httpx.Client) -> Page:
    """The link in the owner's mailbox, bound long ago."""
    bind(service, wallet, account_id, ADDRESS, LONG_AGO)
    return Page(service, alerted(wallet, account_id), browser)
