"""A34, R28 as it ships: what counts is the connection's address, or a trusted proxy's word for its peer."""

from __future__ import annotations

import itertools
from pathlib import Path

import httpx

from tests.databases import fresh_database
from tests.logins.factories import login
from tests.processes import Running, environment_of, running
from tests.service import NO_TLS

CLIENT = "203.0.113.9"
PEER = "127.0.0.1"
_serial = itertools.count(1)


def recorded_address(service: Running, forwarded_for: str) -> str:
    """The address that the audit names for a change that came with this X-Forwarded-For."""
    account_id = f"peer-{next(_serial)}"
    with _client(service, "wallet") as wallet:
        wallet.post("/v1/login-events", json=login(account_id)).raise_for_status()
        device = f"/v1/accounts/{account_id}/devices/ins-{account_id}"
        headers = {"X-Forwarded-For": forwarded_for, "X-Real-IP": CLIENT, "Forwarded": f"for={CLIENT}"}
        wallet.patch(device, json={"trusted": True}, headers=headers).raise_for_status()
    with _client(service, "auditor") as auditor:
        query = {"account_id": account_id, "action": "device.trusted"}
        (entry,) = auditor.get("/v1/audit", params=query).raise_for_status().json()["items"]
    address: str = entry["address"]
    return address


def _client(service: Running, role: str) -> httpx.Client:
    headers = {"Authorization": f"Bearer {service.token(role)}"}
    return httpx.Client(base_url=service.url, headers=headers, timeout=60, verify=NO_TLS)


def test_A34_nobody_is_believed_without_a_trusted_proxy(tmp_path: Path) -> None:
    with running(environment_of(fresh_database("sqlite"), tmp_path)) as service:
        for claimed in (CLIENT, f"{CLIENT}, {PEER}", "nonsense", "::1"):
            assert recorded_address(service, claimed) == PEER


def test_A34_a_trusted_proxy_is_believed_about_its_own_peer_alone(tmp_path: Path) -> None:
    environment = environment_of(fresh_database("sqlite"), tmp_path)
    with running(environment | {"SECMON_TRUSTED_PROXIES": "127.0.0.0/8"}) as service:
        assert recorded_address(service, f"192.0.2.1, {CLIENT}") == CLIENT
        assert recorded_address(service, f"{CLIENT}, nonsense") == PEER
        assert recorded_address(service, "") == PEER


def test_A34_another_network_s_proxies_are_not_this_one(tmp_path: Path) -> None:
    environment = environment_of(fresh_database("sqlite"), tmp_path)
    with running(environment | {"SECMON_TRUSTED_PROXIES": "198.51.100.0/24"}) as service:
        assert recorded_address(service, CLIENT) == PEER
