"""MaxMind DB files: read whole, looked over before they are believed, asked by network.

The library's C reader trusts what it maps into memory: of files with three random bytes changed, some took
the whole process down. Its Python reader refuses them. It holds the file in memory, where nobody can write
over it, and takes 0.1 ms a look-up; so answers are kept by network.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache, partial
from ipaddress import IPv4Address, IPv6Address
from itertools import islice
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


@dataclass(frozen=True, slots=True)
class Description:
    """What a file says of itself, and in how many of the records that were looked at it gives what."""

    kind: str
    built_at: datetime
    ip_version: int
    looked_at: int
    gives: dict[str, int]

    def __str__(self) -> str:
        given = [name for name, count in self.gives.items() if count]
        addresses = ["IPv4 only"] if self.ip_version == 4 else []
        return ", ".join([*given, *addresses]) or "nothing"


class UnusableFile(ValueError):
    """The file is no MaxMind DB, or a broken one; the message says what is wrong with it."""


class Records(Generic[T]):
    """One file; `read` makes an answer of a record, and of None, where the file does not know an address.

    `gives` names what an answer holds. A file of which no record gives any of it is refused: it is empty, or
    of another kind.
    """

    def __init__(self, file: Path, read: Callable[[Any], T], gives: Callable[[T], tuple[str, ...]]) -> None:
        """Raises `OSError`, `UnusableFile`."""
        reader, probed = _open(file)
        self.described = _described(reader, [*probed, *_from_its_start(reader)], read, gives)
        if not any(self.described.gives.values()):
            raise UnusableFile(
                f"it is a file of {self.described.kind[:60]!r}, and none of {self.described.looked_at} "
                "records says what is asked of it"
            )
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


def _open(file: Path) -> tuple[maxminddb.Reader, list[Any]]:
    """The reader, and the records at the probes."""
    try:
        reader = maxminddb.open_database(file, maxminddb.MODE_MEMORY)
        records = [reader.get(IPv4Address(number << 24)) for number in range(PROBES)]
        if reader.metadata().ip_version == 6:
            records += [reader.get(IPv6Address(number << 120)) for number in range(PROBES)]
    except DAMAGED as error:
        raise UnusableFile(str(error)) from None
    return reader, [record for record in records if record is not None]


def _from_its_start(reader: maxminddb.Reader) -> Iterator[Any]:
    """The first records there are; fewer where one of them is damaged, which a look-up will tell of."""
    try:
        for _, record in islice(reader, PROBES):
            yield record
    except DAMAGED as error:
        UNREADABLE_RECORDS.labels(type(error).__name__).inc()


def _described(
    reader: maxminddb.Reader,
    records: list[Any],
    read: Callable[[Any], T],
    gives: Callable[[T], tuple[str, ...]],
) -> Description:
    counted: dict[str, int] = {}
    for record in records:
        for name in gives(read(record)):
            counted[name] = counted.get(name, 0) + 1
    about = reader.metadata()
    built_at = datetime.fromtimestamp(about.build_epoch, UTC)
    return Description(str(about.database_type), built_at, about.ip_version, len(records), counted)
