"""A34, R28: only what a trusted proxy says of its peer is believed."""

from __future__ import annotations

import ipaddress

import pytest

from secmon.web.frame import client_address
from tests.databases import fresh_database
from tests.web.probe import Probe

TRUSTED = (ipaddress.ip_network("10.0.0.0/8"), ipaddress.ip_network("fd00::/8"))
PROXY = "10.0.0.1"


@pytest.mark.parametrize(
    ("peer", "forwarded_for", "expected"),
    [
        ("203.0.113.7", None, "203.0.113.7"),
        # Nobody whom we trust says so.
        ("203.0.113.7", "198.51.100.1", "203.0.113.7"),
        (PROXY, "198.51.100.1", "198.51.100.1"),
        # The left-most hop is what the client claims to be.
        (PROXY, "127.0.0.1, 198.51.100.1", "198.51.100.1"),
        (PROXY, "127.0.0.1, 198.51.100.1, 10.9.9.9", "198.51.100.1"),
        # A chain of proxies alone: the farthest of them.
        (PROXY, "10.1.1.1, 10.2.2.2", "10.1.1.1"),
        (PROXY, " 198.51.100.1\t", "198.51.100.1"),
        (PROXY, "::ffff:198.51.100.1", "198.51.100.1"),
        ("::ffff:10.0.0.1", "198.51.100.1", "198.51.100.1"),
        ("fd00::1", "2001:DB8::0:1", "2001:db8::1"),
        # Garbage: the peer it is.
        (PROXY, "", PROXY),
        (PROXY, "unknown", PROXY),
        (PROXY, "198.51.100.1, unknown", PROXY),
        (PROXY, "198.51.100.1,", PROXY),
        (PROXY, "198.51.100.1:443", PROXY),
        (PROXY, "fe80::1%eth0", PROXY),
        (PROXY, "１98.51.100.1", PROXY),
        (PROXY, "0x7f.1", PROXY),
        (PROXY, "198.051.100.1", PROXY),
        (PROXY, "'; DROP TABLE accounts; --", PROXY),
        # A Unix socket has no address.
        ("", "198.51.100.1", None),
        (None, None, None),
    ],
)
def test_a34_the_client_is_the_right_most_hop_that_is_no_trusted_proxy(
    peer: str | None, forwarded_for: str | None, expected: str | None
) -> None:
    assert client_address(peer, forwarded_for, TRUSTED) == expected


def test_a_long_chain_is_not_followed_for_ever() -> None:
    assert client_address(PROXY, ", ".join([PROXY] * 100_000), TRUSTED) == PROXY


def test_whoever_acts_has_the_address_that_a_trusted_proxy_saw() -> None:
    probe = Probe(fresh_database("sqlite"), trusted_proxies=(ipaddress.ip_network("127.0.0.0/8"),))
    with probe.client(headers={"X-Forwarded-For": "192.0.2.1, 198.51.100.9"}) as client:
        assert client.post("/v1/things", json={"name": "mine"}).json()["address"] == "198.51.100.9"
    probe.stop()


def test_a34_without_trusted_proxies_the_header_is_not_looked_at(sqlite_probe: Probe) -> None:
    with sqlite_probe.client(headers={"X-Forwarded-For": "198.51.100.9"}) as client:
        assert client.post("/v1/things", json={"name": "mine"}).json()["address"] == "127.0.0.1"
