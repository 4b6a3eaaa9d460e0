"""An owner to be asked."""

from __future__ import annotations

import httpx
import pytest

from tests.alerts.owner import Alerted, alerted


@pytest.fixture
def owner(wallet: httpx.Client, account_id: str) -> Alerted:
    return alerted(wallet, account_id)
