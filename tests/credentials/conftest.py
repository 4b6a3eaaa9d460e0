"""An owner whose password is watched."""

from __future__ import annotations

import httpx
import pytest

from tests.credentials.owner import Owner
from tests.service import Service


@pytest.fixture
def owner(service: Service, wallet: httpx.Client, account_id: str) -> Owner:
    return Owner(service, wallet, account_id)
