"""Which address does a request come from? Only what a trusted proxy says of its peer is believed."""

from __future__ import annotations

import ipaddress
from collections.abc import Collection
from functools import lru_cache

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
Network = ipaddress.IPv4Network | ipaddress.IPv6Network

# More hops than any real chain of proxies; what lies behind them is not looked at.
MOST_HOPS = 20


def client_address(peer: str | None, forwarded_for: str | None, trusted: Collection[Network]) -> str | None:
    """The right-most hop of X-Forwarded-For that is no trusted proxy, else the peer.

    Each proxy appends the address that it saw, so everything left of the first untrusted hop is the
    client's own claim. A hop that is no address makes the whole header worthless: the peer it is.
    """
    address = parse_address(peer or "")
    if address is None:
        return None
    if not forwarded_for or not _is_trusted(address, trusted):
        return str(address)
    hop = address
    for text in reversed(forwarded_for.split(",")[-MOST_HOPS:]):
        found = parse_address(text.strip(" \t"))
        if found is None:
            return str(address)
        hop = found
        if not _is_trusted(hop, trusted):
            break
    return str(hop)


@lru_cache(maxsize=4096)
def parse_address(text: str) -> Address | None:
    """An IPv4 or IPv6 address, or None; an IPv4-mapped IPv6 address is the IPv4 address it holds."""
    if not text.isascii() or "%" in text:
        return None
    try:
        address = ipaddress.ip_address(text)
    except ValueError:
        return None
    if isinstance(address, ipaddress.IPv6Address) and address.ipv4_mapped is not None:
        return address.ipv4_mapped
    return address


def _is_trusted(address: Address, trusted: Collection[Network]) -> bool:
    return any(address in network for network in trusted)
