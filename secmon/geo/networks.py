"""Netset files: is an address in one of a hundred thousand networks? Pure.

A list is kept as sorted, merged ranges of numbers for each address family: a look-up is one bisection.
"""

from __future__ import annotations

import socket
from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address
from typing import TypeVar

IPV4_BITS, IPV6_BITS = 32, 128
LARGEST_ASN = 2**32 - 1  # RFC 6793

T = TypeVar("T")
Address = IPv4Address | IPv6Address


class ListError(ValueError):
    """Something in a list is no address, no network or no number."""


@dataclass(frozen=True, slots=True)
class Ranges:
    """`starts` ascending; `ends[i]`, inclusive, belongs to `starts[i]`, and no two overlap."""

    starts: tuple[int, ...] = ()
    ends: tuple[int, ...] = ()

    @classmethod
    def of(cls, ranges: Iterable[tuple[int, int]]) -> Ranges:
        """Merges what overlaps or touches."""
        starts: list[int] = []
        ends: list[int] = []
        for start, end in sorted(ranges):
            if ends and start <= ends[-1] + 1:
                ends[-1] = max(ends[-1], end)
            else:
                starts.append(start)
                ends.append(end)
        return cls(tuple(starts), tuple(ends))

    def __contains__(self, number: int) -> bool:
        at = bisect_right(self.starts, number) - 1
        return at >= 0 and number <= self.ends[at]


@dataclass(frozen=True, slots=True)
class NetworkSet:
    """Networks of both families."""

    ipv4: Ranges = Ranges()
    ipv6: Ranges = Ranges()

    @classmethod
    def of(cls, networks: Iterable[Network]) -> NetworkSet:
        """The set of `parse_network`'s results."""
        ranges: dict[int, list[tuple[int, int]]] = {IPV4_BITS: [], IPV6_BITS: []}
        for network in networks:
            ranges[network.bits].append((network.first, network.last))
        return cls(Ranges.of(ranges[IPV4_BITS]), Ranges.of(ranges[IPV6_BITS]))

    def __contains__(self, address: Address) -> bool:
        return int(address) in (self.ipv4 if address.version == 4 else self.ipv6)


@dataclass(frozen=True, slots=True)
class Network:
    """First and last address as numbers; `bits` is 32 or 128."""

    bits: int
    first: int
    last: int


def _parse_address(ip: str) -> tuple[int, int]:
    """Bits of the family, and the address as a number. Raises `ListError`."""
    family, bits = (socket.AF_INET6, IPV6_BITS) if ":" in ip else (socket.AF_INET, IPV4_BITS)
    try:
        return bits, int.from_bytes(socket.inet_pton(family, ip))
    except (OSError, ValueError):
        raise ListError(f"{ip[:50]!r} is no address") from None


def parse_network(text: str) -> Network:
    """A network, or a single address; host bits are let pass, for lists have them. Raises `ListError`."""
    address, slash, length = text.partition("/")
    bits, number = _parse_address(address)
    if not slash:
        return Network(bits, number, number)
    if not (length.isascii() and length.isdigit() and int(length) <= bits):
        raise ListError(f"{text[:50]!r} is no network")
    host_bits = bits - int(length)
    first = number >> host_bits << host_bits
    return Network(bits, first, first | (1 << host_bits) - 1)


def parse_asn(text: str) -> int:
    """`AS64500` or `64500`. Raises `ListError`."""
    digits = text[2:] if text[:2].upper() == "AS" else text
    if not (digits.isascii() and digits.isdigit() and len(digits) <= 10 and 0 < int(digits) <= LARGEST_ASN):
        raise ListError(f"{text[:50]!r} is no number of an autonomous system")
    return int(digits)


def parse_networks(text: str) -> NetworkSet:
    """One address or network a line; `#` begins a comment. Raises `ListError`, which names the line."""
    return NetworkSet.of(_entries(text, parse_network))


def parse_asns(text: str) -> frozenset[int]:
    """One number of an autonomous system a line; `#` begins a comment. Raises `ListError`."""
    return frozenset(_entries(text, parse_asn))


def _entries(text: str, parse: Callable[[str], T]) -> Iterator[T]:
    for number, line in enumerate(text.splitlines(), 1):
        entry = line.partition("#")[0].strip()
        if not entry:
            continue
        try:
            yield parse(entry)
        except ListError as error:
            raise ListError(f"line {number}: {error}") from None
