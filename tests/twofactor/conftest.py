"""Owners, with and without a second factor."""

from __future__ import annotations

import httpx
import pytest

from tests.service import Service
from tests.twofactor.owner import Owner


@pytest.fixture
def owner(service: Service, wallet: httpx.Client, account_id: str) -> Owner:
    """An owner who has enrolled nothing yet."""
    return Owner(wallet, service.clock, account_id)


@pytest.fixture
def enrolled(owner: Owner) -> Owner:
    """An owner with an authenticator and ten recovery codes."""
    return owner.enrol()
