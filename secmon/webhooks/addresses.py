"""May a webhook be sent to this address? No request forgery through URLs of others' choosing (ASVS 1.3.6)."""

from __future__ import annotations

from collections.abc import Sequence
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address

Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network

# IPv6 addresses that carry an IPv4 address which a gateway would connect to: RFC 6052 §2.1.
_NAT64 = IPv6Network("64:ff9b::/96")
# What IANA's special-purpose registries, or RFCs behind them, keep from the internet, and Python 3.11 takes
# for a place on it.
_NOT_PUBLIC: tuple[Network, ...] = (
    IPv4Network("192.0.0.0/24"),  # Protocol assignments, RFC 6890; 192.0.0.8 is a dummy, RFC 7600.
    IPv4Network("192.88.99.0/24"),  # 6to4 relays, taken back by RFC 7526.
    IPv6Network("::/96"),  # IPv4-compatible, taken back by RFC 4291 §2.5.5.1.
    IPv6Network("::ffff:0:0:0/96"),  # IPv4-translated, RFC 2765.
    IPv6Network("64:ff9b:1::/48"),  # NAT64 of one's own network, RFC 8215.
    IPv6Network("100:0:0:1::/64"),  # A dummy prefix, RFC 9780.
    IPv6Network("3fff::/20"),  # Documentation, RFC 9637.
    IPv6Network("5f00::/16"),  # Segment routing, RFC 9602.
)


class AddressForbidden(Exception):
    """The receiver's address is private, loopback, link-local or otherwise not a place on the internet."""


def allowed(text: str, allowed_networks: Sequence[Network]) -> Address:
    """The address as parsed; raises `AddressForbidden` unless it is public or the operator allows it."""
    address = _unwrapped(ip_address(text))
    if in_networks(address, allowed_networks) or is_public(address):
        return address
    raise AddressForbidden(f"{address} is not a public address, and not in SECMON_WEBHOOK_ALLOWED_NETWORKS")


def in_networks(address: Address, networks: Sequence[Network]) -> bool:
    return any(address in network for network in networks)


def is_public(address: Address) -> bool:
    """Globally reachable by IANA's registries, no multicast; an IPv4 address within is judged as itself."""
    if in_networks(address, _NOT_PUBLIC):
        return False
    if isinstance(address, IPv6Address):
        if address.sixtofour is not None or address.is_site_local:
            return False
        if address in _NAT64:
            return is_public(IPv4Address(int(address) & 0xFFFF_FFFF))
    return address.is_global and not address.is_multicast


def _unwrapped(address: Address) -> Address:
    mapped = address.ipv4_mapped if isinstance(address, IPv6Address) else None
    return mapped or address
