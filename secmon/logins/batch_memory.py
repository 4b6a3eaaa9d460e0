"""What a batch needs to know, read for all of its events at once, and kept up to date as they are judged.

The judgement of an event must not depend on whether its neighbours came in the same request: what an
earlier event of the batch changes (habits, devices, failures, installs) is what a later one finds.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from secmon.accounts import beginning, locking
from secmon.database.rows import ROWS, encode
from secmon.database.statements import Row
from secmon.database.work import Work
from secmon.devices import statements as devices
from secmon.devices.recognition import KnownDevice
from secmon.logins import bulk_statements as bulk
from secmon.logins.event import LoginEvent
from secmon.logins.ingest import Decided
from secmon.logins.judgement import Judgement
from secmon.logins.known import (
    TALLY_MINUTES,
    Before,
    Known,
    PolicyVersions,
    UsedDevice,
    before_of,
    known_of,
    minute_of,
    used_device,
)
from secmon.risk.network import network_of
from secmon.risk.tallies import Tallies

# The minute of a failure, and whose it was.
Mark = tuple[int, str]


class BatchMemory:
    """`accounts`: what is known of each account now, in the middle of the batch."""

    def __init__(
        self, accounts: dict[str, Known], before: dict[tuple[str, str], Before], sources: list[Row]
    ) -> None:
        self.accounts = accounts
        self._before = before
        self._sources = sources
        self._marks: dict[str, list[Mark]] = defaultdict(list)
        self._entered: dict[str, set[str]] = defaultdict(set)

    def known(self, position: int, event: LoginEvent) -> Known:
        """What is known when this event is judged, everything before it in the batch included."""
        before = self._before.get((event.account_id, event.event_id))
        return replace(self.accounts[event.account_id], before=before, tallies=self._tallies(position, event))

    def note(self, event: LoginEvent, decided: Decided, now: datetime) -> None:
        """The event was judged: what later ones find is no longer what the database held."""
        known, judgement = decided.known, decided.judgement
        self._before[event.account_id, event.event_id] = Before(
            decided.answer, event.digest, None, judgement.learn, now
        )
        if not judgement.login.success:
            for source in (event.ip, network_of(event.ip), _device(event)):
                self._marks[source].append((minute_of(event), event.account_id))
            return
        if event.device_id is not None:
            self._entered[event.device_id].add(event.account_id)
        if judgement.makes_known:
            known = replace(known, devices=_with_used(event, known, judgement))
        elif judgement.proof is not None:
            known = replace(known, devices=_with_spent(known, judgement))
        self.accounts[event.account_id] = known

    def _tallies(self, position: int, event: LoginEvent) -> Tallies:
        _, by_ip, by_network, by_device, others = self._sources[position]
        accounts_on_device = failed_with_device = 0
        if event.device_id is not None:
            failed_with_device = self._failed(_device(event), event, by_device)
            entered = {*(others or ()), *self._entered[event.device_id]} - {event.account_id}
            accounts_on_device = min(len(entered), devices.ENOUGH_ACCOUNTS) + 1
        return Tallies(
            failed_accounts_by_ip=self._failed(event.ip, event, by_ip),
            failed_accounts_by_network=self._failed(network_of(event.ip), event, by_network),
            failed_accounts_by_device=failed_with_device,
            accounts_on_device=accounts_on_device,
        )

    def _failed(self, source: str, event: LoginEvent, stored: Sequence[str] | None) -> int:
        """How many other accounts failed from the source in the event's window."""
        minute = minute_of(event)
        here = {
            account
            for marked, account in self._marks.get(source, ())
            if minute - TALLY_MINUTES < marked <= minute
        }
        return len({*(stored or ()), *here} - {event.account_id})


def _device(event: LoginEvent) -> str:
    """A source beside addresses and networks, which have no space."""
    return f"device {event.device_id}"


def read(work: Work, events: Sequence[LoginEvent]) -> BatchMemory:
    """Locks the accounts of all events, in one order, and reads what is known of them and their sources."""
    dialect = work.dialect
    account_ids = sorted({event.account_id for event in events})
    names = {ROWS: encode([[account_id] for account_id in account_ids], dialect)}
    keys = {ROWS: encode([[event.account_id, event.event_id] for event in events], dialect)}
    queries = (
        locking.LOCK_MANY(**names),
        bulk.STATES(**keys),
        devices.KNOWN_OF_MANY(**names),
        bulk.SOURCES(**{ROWS: encode([_source(event) for event in events], dialect)}),
        bulk.POLICY_VERSIONS(),
    )
    rows = work.read(*queries)
    missing = set(account_ids).difference(account_id for account_id, *_ in rows[0])
    if missing:
        rows = work.read(beginning.created(sorted(missing), work.now, dialect), *queries)[1:]
    accounts, states, used, sources, policies = rows
    before = {(account, event): found for account, event, _, *row in states if (found := before_of(row))}
    known = _accounts(accounts, states, used, PolicyVersions(*policies[0]))
    return BatchMemory(known, before, [_loaded(row) for row in sorted(sources, key=lambda row: row[0])])


def _source(event: LoginEvent) -> list[Any]:
    last = minute_of(event)
    first = last - TALLY_MINUTES + 1
    return [event.account_id, event.ip, network_of(event.ip), event.device_id, last, first]


def _loaded(row: Row) -> Row:
    """SQLite hands JSON arrays over as text."""
    return tuple(json.loads(cell) if isinstance(cell, str) else cell for cell in row)


def _accounts(
    accounts: list[Row], states: list[Row], used: list[Row], policies: PolicyVersions
) -> dict[str, Known]:
    profiles = {account_id: profile for account_id, _, profile, *_ in states}
    in_use: dict[str, list[UsedDevice]] = defaultdict(list)
    for account_id, *row in used:
        in_use[account_id].append(used_device(tuple(row)))
    return {
        account_id: known_of(
            tuple(row), None, policies, profiles[account_id], tuple(in_use[account_id]), Tallies()
        )
        for account_id, *row in accounts
    }


def _with_spent(known: Known, judgement: Judgement) -> tuple[UsedDevice, ...]:
    """The account's devices after a login that taught none, and used a nonce of one."""
    key = judgement.recognised.device_key
    return tuple(
        replace(used, device=used.device.having_used(judgement.proof))
        if used.device.device_key == key
        else used
        for used in known.devices
    )


def _with_used(event: LoginEvent, known: Known, judgement: Judgement) -> tuple[UsedDevice, ...]:
    """The account's devices after a login that taught one: as the next request would read them."""
    key = judgement.recognised.device_key or ""
    used = known.device(key) or UsedDevice(KnownDevice(key, event.device_id, judgement.traits), False, None)
    now_used = replace(used, device=used.device.after(judgement.traits, event.occurred_at, judgement.proof))
    others = [used for used in known.devices if used.device.device_key != key]
    ordered = sorted([*others, now_used], key=lambda used: used.device.last_seen_at, reverse=True)
    return tuple(ordered[: devices.MOST_KNOWN])
