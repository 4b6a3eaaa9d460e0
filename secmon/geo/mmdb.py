"""MaxMind DB files: read whole, looked over before they are believed, asked by network.

The library's C reader trusts what it maps into memory: of files with three random bytes changed, some took
the whole process down. Its Python reader refuses them. It holds the file in memory, where nobody can write
over it, and takes 0.1 ms a look-up; so answers are kept by network.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache, partial
from ipaddress import IPv4Address, IPv6Address
from pathlib import Path
from typing import Any, Generic, TypeVar

import maxminddb
from maxminddb import InvalidDatabaseError

from secmon.geo.metrics import UNREADABLE_RECORDS
from secmon.geo.networks import Address

# Looked up in each address family before a file is believed: spread evenly, so that a hole is noticed.
PROBES = 256
# Answers are kept for a whole /24 or /48, where the file says the same of all of it.
HOST_BITS = {4: 8, 6: 80}
NETWORKS_KEPT = 65_536
DAMAGED = (InvalidDatabaseError, ValueError, TypeError)

T = TypeVar("T")


class UnusableFile(ValueError):
    """The file is no MaxMind DB, or a broken one; the message says what is wrong with it."""


class Records(Generic[T]):
    """One file; `read` makes an answer of a record, and of None, where the file does not know an address."""

    def __init__(self, file: Path, read: Callable[[Any], T]) -> None:
        """Raises `OSError`, `UnusableFile`."""
        reader = _open(file)
        self._nothing = read(None)
        self._only_ipv4 = reader.metadata().ip_version == 4
        self._look = partial(_look, reader, read)
        self._look_at_network = lru_cache(NETWORKS_KEPT)(partial(_look_at_network, self._look))

    def get(self, address: Address) -> T:
        """What the file says of an address; of a damaged record, as of an unknown address, nothing."""
        version = address.version
        if version == 6 and self._only_ipv4:
            return self._nothing
        host_bits = HOST_BITS[version]
        try:
            answer, bits = self._look_at_network(version, int(address) >> host_bits)
            return answer if bits + host_bits <= address.max_prefixlen else self._look(address)[0]
        except DAMAGED as error:
            UNREADABLE_RECORDS.labels(type(error).__name__).inc()
            return self._nothing


def _look(reader: maxminddb.Reader, read: Callable[[Any], T], address: Address) -> tuple[T, int]:
    record, bits = reader.get_with_prefix_len(address)
    return read(record), bits


def _look_at_network(look: Callable[[Address], tuple[T, int]], version: int, network: int) -> tuple[T, int]:
    """The answer for a network's first address, and how many bits of it that answer holds for."""
    first = network << HOST_BITS[version]
    return look(IPv4Address(first) if version == 4 else IPv6Address(first))


def _open(file: Path) -> maxminddb.Reader:
    try:
        reader = maxminddb.open_database(file, maxminddb.MODE_MEMORY)
        for number in range(PROBES):
            reader.get(IPv4Address(number << 24))
            if reader.metadata().ip_version == 6:
                reader.get(IPv6Address(number << 120))
    except DAMAGED as error:
        raise UnusableFile(str(error)) from None
    return reader
