"""A frozen account's case."""

from __future__ import annotations

import httpx
import pytest

from tests.cases import desk


@pytest.fixture
def case_id(wallet: httpx.Client, account_id: str) -> str:
    """The case of the account, which is frozen."""
    found: str = desk.freeze(wallet, account_id)["case"]["case_id"]
    return found
