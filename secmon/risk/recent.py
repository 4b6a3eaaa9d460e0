"""The account's recent past, bounded: what speed, sequences and reports are judged by.

What is kept is the latest by time, so it depends on what happened and not on the order in which it was told.
Everything is plain JSON.
"""

from bisect import insort
from typing import Any
from zlib import crc32

LOGINS_KEPT = 48
FAILURES_KEPT = 32
FAILURES_KEPT_PER_NETWORK = 4
MARKS_KEPT = 16

# Networks whose failures are kept, however loud each of them is.
NETWORKS_KEPT = FAILURES_KEPT // FAILURES_KEPT_PER_NETWORK

# Place (`place.placed`) -> Unix times of logins there, ascending.
Logins = dict[str, list[int]]

# failure: [Unix time, network, 1 if the password was wrong];
# challenge failed: [Unix time, device mark, network]; "not me": the same and a mark of the address (one that
# was stored by an earlier release has none); change: [Unix time, credential, method].
Entry = list[Any]


def mark_of(value: str | None) -> int:
    """A short stand-in for a device key or an address within one account; 0 for none."""
    return crc32(value.encode()) if value else 0


def keep_login(logins: Logins, place: str, seconds: int) -> None:
    """Add a login, and drop the earliest beyond the bound; of two at the same instant the lesser place."""
    insort(logins.setdefault(place, []), seconds)
    if sum(map(len, logins.values())) <= LOGINS_KEPT:
        return
    earliest = min(logins, key=lambda place: (logins[place][0], place))
    del logins[earliest][0]
    if not logins[earliest]:
        del logins[earliest]


def drop_login(logins: Logins, place: str, seconds: int) -> None:
    """Takes away what `keep_login` added, where it is kept still."""
    times = logins.get(place, [])
    if seconds in times:
        times.remove(seconds)
        if not times:
            del logins[place]


def keep_latest(entries: list[Entry], entry: Entry, bound: int) -> None:
    """Insert in order of time, once, and drop the earliest beyond the bound."""
    if entry not in entries:
        insort(entries, entry)
    if len(entries) > bound:
        del entries[0]


def keep_failure(failures: list[Entry], entry: Entry) -> None:
    """As `keep_latest`, with a bound for each network, so that one loud source hides no other.

    A script fails several times a second: each of them counts.
    """
    insort(failures, entry)
    same_network = [kept for kept in failures if kept[1] == entry[1]]
    if len(same_network) > FAILURES_KEPT_PER_NETWORK:
        failures.remove(same_network[0])
    if len(failures) > FAILURES_KEPT:
        del failures[0]
