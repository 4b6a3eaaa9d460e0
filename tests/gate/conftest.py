"""What tests of the gate share."""

from __future__ import annotations

import httpx
import pytest

from tests.gate.scene import Scene
from tests.service import Service


@pytest.fixture
def scene(service: Service, wallet: httpx.Client, account_id: str) -> Scene:
    """An owner who was here for ten days, and whom nothing holds."""
    return Scene(service, wallet, account_id).settle_in()
