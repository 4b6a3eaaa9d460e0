"""Streams that outlive a token."""

from __future__ import annotations

from datetime import timedelta

import httpx
import pytest

from secmon.cli.tokens import Renewed, local_url
from tests.service import NO_TLS, Service


def test_a_token_that_has_expired_is_replaced(sqlite_service: Service) -> None:
    token = Renewed(sqlite_service.url, sqlite_service.settings.var_dir, "wallet")
    with httpx.Client(base_url=sqlite_service.url, auth=token, verify=NO_TLS) as client:
        for _ in range(3):
            assert client.get("/v1/accounts/nobody/standing").status_code == 404
            sqlite_service.clock.advance(timedelta(minutes=11))


def test_the_service_is_looked_for_at_its_port(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("PORT", raising=False)
    assert local_url() == "http://127.0.0.1:8000"
    monkeypatch.setenv("PORT", "8123")
    assert local_url() == "http://127.0.0.1:8123"
