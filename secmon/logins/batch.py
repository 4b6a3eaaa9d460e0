"""Many logins in one request, each judged as if it had come alone.

One read and one write for all of them.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from msgspec.structs import replace

from secmon.accounts import locking
from secmon.database.rows import ROWS, encode
from secmon.database.statements import Query, Row
from secmon.database.work import Work
from secmon.devices import statements as devices
from secmon.devices.recognition import KnownDevice
from secmon.logins import profiles, repeated, statements
from secmon.logins.account_state import (
    TALLY_MINUTES,
    AccountState,
    FirstReport,
    PolicyVersions,
    first_report_of,
    known_device,
    known_of,
    minute_of,
)
from secmon.logins.event import LoginEvent
from secmon.logins.ingest import Decided, Ingested, decide, event_writes
from secmon.logins.judges import Judges
from secmon.logins.repeated import Repeated
from secmon.risk.login import Tallies
from secmon.risk.network import network_of


def ingest_batch(
    work: Work, events: Sequence[LoginEvent], judges: Judges, locale: str | None = None
) -> list[Ingested]:
    """Judge and store the events in their order, in one transaction; one answer an event."""
    if not events:
        return []
    memory = read_memory(work, events)
    writes: list[Query] = []
    touched: set[str] = set()
    done: dict[int, Ingested] = {}
    again: dict[int, Repeated] = {}
    for position, event in enumerate(events):
        known = memory.known(position, event)
        if known.before is not None:
            again[position] = event, known
            continue
        decided = decide(work, event, known, judges, locale)
        memory.write(writes, event_writes(work, event, decided, known.tallies))
        memory.note(event, decided, known.tallies, work.now)
        touched.add(event.account_id)
        done[position] = Ingested(decided.answer, created=True)
    if again:
        replies = repeated.answers(work, list(again.values()))
        done |= {at: Ingested(reply, created=False) for at, reply in zip(again, replies, strict=True)}
    work.defer(*memory.mending, *_last_of_each_device(writes))
    for account_id in sorted(touched):
        profiles.keep(work, account_id, memory.accounts[account_id].memory.profile)
    return [done[position] for position in range(len(events))]


def _last_of_each_device(writes: list[Query]) -> Iterator[Query]:
    """A statement may write a row once: what several logins say of one device becomes one row."""
    seen: dict[tuple[str, str], dict[str, Any]] = {}
    for query in writes:
        if query.statement is not devices.SEEN:
            yield query
            continue
        row = dict(query.parameters)
        key = (str(row["account_id_"]), str(row["device_key_"]))
        seen[key] = _combined(seen[key], row) if key in seen else row
    for row in seen.values():
        yield devices.SEEN(**row)


def _combined(before: dict[str, Any], after: dict[str, Any]) -> dict[str, Any]:
    """What the one row leaves behind that `devices.SEEN` leaves of the two, one after the other."""
    rows = [row for row in (before, after) if row["known_since_"]] or [before, after]
    return {
        **rows[-1],
        "install_id_": before["install_id_"],
        "first_seen_at_": min(before["first_seen_at_"], after["first_seen_at_"]),
        "last_seen_at_": max(row["last_seen_at_"] for row in rows),
        "key_thumbprint_": before["key_thumbprint_"] or after["key_thumbprint_"],
        "used_nonces_": after["used_nonces_"] or before["used_nonces_"],
    }


# A minute, and whose mark it is.
Mark = tuple[int, str]
# What the sources have marks of, in the order of `statements.SOURCES`.
FAILED_BY_IP, FAILED_BY_NETWORK, FAILED_BY_DEVICE, ENTERED_BY_IP, ENTERED_BY_NETWORK, ON_DEVICE = range(1, 7)


class BatchMemory:
    """What a batch needs to know, read for all of its events at once, and kept up to date as they are judged.

    The judgement of an event must not depend on whether its neighbours came in the same request: what an
    earlier event of the batch changes (habits, devices, failures, installs) is what a later one finds.
    `accounts`: what is known of each account now, in the middle of the batch.
    """

    def __init__(
        self,
        accounts: dict[str, AccountState],
        before: dict[tuple[str, str], FirstReport],
        sources: list[Row],
    ) -> None:
        self.accounts = accounts
        self._before = before
        self._sources = sources
        self._failed: dict[str, set[Mark]] = defaultdict(set)
        self._came_in: dict[str, set[Mark]] = defaultdict(set)
        self._mended: dict[str, set[Mark]] = defaultdict(set)
        self._entered: dict[str, set[str]] = defaultdict(set)
        # What takes marks away that were there before the batch; goes in front of what the batch writes.
        self.mending: list[Query] = []

    def known(self, position: int, event: LoginEvent) -> AccountState:
        """What is known when this event is judged, everything before it in the batch included."""
        before = self._before.get((event.account_id, event.event_id))
        return replace(self.accounts[event.account_id], before=before, tallies=self._tallies(position, event))

    def write(self, writes: list[Query], of_event: list[Query]) -> None:
        """Adds what one event writes; what takes marks away does so here too, and goes in front of all."""
        for query in of_event:
            if query.statement is statements.MEND_FAILURES:
                self.mending.append(query)
                writes[:] = [other for other in writes if not _mends(query.parameters, other)]
            else:
                writes.append(query)

    def note(self, event: LoginEvent, decided: Decided, tallies: Tallies, now: datetime) -> None:
        """The event was judged: what later ones find is no longer what the database held."""
        judgement = decided.judgement
        self.accounts[event.account_id] = replace(self.accounts[event.account_id], memory=decided.memory)
        self._before[event.account_id, event.event_id] = FirstReport(
            decided.answer, event.digest, None, judgement.learn, now
        )
        mark = (minute_of(event), event.account_id)
        sources = (event.ip, network_of(event.ip))
        if not judgement.login.success:
            for source in (*sources, _device(event)):
                self._failed[source].add(mark)
            return
        if event.device_id is not None:
            self._entered[event.device_id].add(event.account_id)
        if judgement.enters:
            self._mend(mark, (*sources, _device(event)))
            if tallies.asks_who_enters:
                for source in sources:
                    self._came_in[source].add(mark)

    def _mend(self, mark: Mark, sources: Sequence[str]) -> None:
        """What the account failed there in the minutes before is gone, whoever had noted it."""
        minute, account_id = mark
        minutes = range(minute - TALLY_MINUTES + 1, minute + 1)
        for source in sources:
            for mended in ((before, account_id) for before in minutes):
                self._failed[source].discard(mended)
                self._mended[source].add(mended)

    def _tallies(self, position: int, event: LoginEvent) -> Tallies:
        found, network = self._sources[position], network_of(event.ip)
        accounts_on_device = failed_with_device = 0
        if event.device_id is not None:
            device = _device(event)
            failed_with_device = self._others(self._failed, device, event, found[FAILED_BY_DEVICE])
            entered = {*(found[ON_DEVICE] or ()), *self._entered[event.device_id]} - {event.account_id}
            accounts_on_device = min(len(entered), devices.ENOUGH_ACCOUNTS) + 1
        return Tallies(
            failed_accounts_by_ip=self._others(self._failed, event.ip, event, found[FAILED_BY_IP]),
            failed_accounts_by_network=self._others(self._failed, network, event, found[FAILED_BY_NETWORK]),
            failed_accounts_by_device=failed_with_device,
            accounts_on_device=accounts_on_device,
            entered_accounts_by_ip=self._others(self._came_in, event.ip, event, found[ENTERED_BY_IP]),
            entered_accounts_by_network=self._others(
                self._came_in, network, event, found[ENTERED_BY_NETWORK]
            ),
        )

    def _others(
        self, marks: dict[str, set[Mark]], source: str, event: LoginEvent, stored: Sequence[str] | None
    ) -> int:
        """How many other accounts have a mark of the source in the event's window."""
        minute, noted = minute_of(event), {_mark(text) for text in stored or ()}
        if marks is self._failed:
            noted -= self._mended.get(source, set())
        window = range(minute - TALLY_MINUTES + 1, minute + 1)
        here = {account for marked, account in noted | marks.get(source, set()) if marked in window}
        return len(here - {event.account_id})


def _mends(mending: Mapping[str, Any], query: Query) -> bool:
    mark = query.parameters
    if query.statement is not statements.MARK_FAILURE or mark["account_id_"] != mending["account_id_"]:
        return False
    if not mending["minute_"] - TALLY_MINUTES < mark["minute_"] <= mending["minute_"]:
        return False
    device = mending["device_id_"]
    same_device = device is not None and mark["device_id_"] == device
    return same_device or mark["network_"] in (mending["ip_"], mending["network_"])


def _mark(text: str) -> Mark:
    minute, _, account_id = text.partition(" ")
    return int(minute), account_id


def _device(event: LoginEvent) -> str:
    """A source beside addresses and networks, which have no space."""
    return f"device {event.device_id}"


def read_memory(work: Work, events: Sequence[LoginEvent]) -> BatchMemory:
    """Locks the accounts of all events, in one order, and reads what is known of them and their sources."""
    dialect = work.dialect
    account_ids = sorted({event.account_id for event in events})
    names = {ROWS: encode([[account_id] for account_id in account_ids], dialect)}
    keys = {ROWS: encode([[event.account_id, event.event_id] for event in events], dialect)}
    queries = (
        statements.REPORTED(**keys),
        statements.PROFILES(**names),
        devices.KNOWN_OF_MANY(**names),
        statements.SOURCES(**{ROWS: encode([_source(event) for event in events], dialect)}),
        statements.POLICY_VERSIONS(),
    )
    accounts, reported, profiles_of, used, sources, policies = locking.read_many_locked(
        work, account_ids, *queries
    )
    before = {(account, event): found for account, event, *row in reported if (found := first_report_of(row))}
    known = _accounts(accounts, profiles_of, used, PolicyVersions(*policies[0]))
    return BatchMemory(known, before, [_loaded(row) for row in sorted(sources, key=lambda row: row[0])])


def _source(event: LoginEvent) -> list[Any]:
    last = minute_of(event)
    first = last - TALLY_MINUTES + 1
    return [event.account_id, event.ip, network_of(event.ip), event.device_id, last, first]


def _loaded(row: Row) -> Row:
    """SQLite hands JSON arrays over as text."""
    return tuple(json.loads(cell) if isinstance(cell, str) else cell for cell in row)


def _accounts(
    accounts: list[Row], profiles_of: list[Row], used: list[Row], policies: PolicyVersions
) -> dict[str, AccountState]:
    profile_of: dict[str, str] = dict(profiles_of)
    in_use: dict[str, list[KnownDevice]] = defaultdict(list)
    for account_id, *row in used:
        in_use[account_id].append(known_device(tuple(row)))
    return {
        account_id: known_of(
            tuple(row), None, policies, profile_of.get(account_id), tuple(in_use[account_id]), Tallies()
        )
        for account_id, *row in accounts
    }
