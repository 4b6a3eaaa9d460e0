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

# Place (`place.placed`) -> Unix times of logins there, ascending.
Logins = dict[str, list[int]]

# failure: [Unix time, network, 1 if the password was wrong];
# challenge failed and "not me": [Unix time, device mark, network]; change: [Unix time, credential, method].
Entry = list[Any]


def device_mark(device_key: str | None) -> int:
    """A short stand-in for a device key within one account; 0 for none."""
    return crc32(device_key.encode()) if device_key else 0


def keep_login(logins: Logins, place: str, seconds: int) -> None:
    """Add a login, and drop the earliest beyond the bound; of two at the same instant the lesser place."""
    insort(logins.setdefault(place, []), seconds)
    if sum(map(len, logins.values())) <= LOGINS_KEPT:
        return
    earliest = min(logins, key=lambda place: (logins[place][0], place))
    del logins[earliest][0]
    if not logins[earliest]:
        del logins[earliest]


def keep_latest(entries: list[Entry], entry: Entry, bound: int) -> None:
    """Insert in order of time, once, and drop the earliest beyond the bound."""
    if entries and entries[-1] < entry:
        entries.append(entry)
    elif entry in entries:
        return
    else:
        entries.append(entry)
        entries.sort()
    if len(entries) > bound:
        del entries[0]


def keep_failure(failures: list[Entry], entry: Entry) -> None:
    """As `keep_latest`, with a bound for each network, so that one loud source hides no other."""
    keep_latest(failures, entry, FAILURES_KEPT + 1)
    same_network = [kept for kept in failures if kept[1] == entry[1]]
    if len(same_network) > FAILURES_KEPT_PER_NETWORK:
        failures.remove(same_network[0])
    if len(failures) > FAILURES_KEPT:
        del failures[0]
