"""Many login events in one request: one read, one write, and every judgement as if it had come alone."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from secmon.database.statements import Query
from secmon.database.work import Work
from secmon.devices import statements as devices
from secmon.logins import again, batch_memory, profiles
from secmon.logins.again import Repeated
from secmon.logins.event import LoginEvent
from secmon.logins.ingest import Ingested, decide, event_writes
from secmon.logins.judges import Judges


def ingest_batch(
    work: Work, events: Sequence[LoginEvent], judges: Judges, locale: str | None = None
) -> list[Ingested]:
    """Judge and store the events in their order, in one transaction; one answer an event."""
    if not events:
        return []
    memory = batch_memory.read(work, events)
    writes: list[Query] = []
    touched: set[str] = set()
    done: dict[int, Ingested] = {}
    repeated: dict[int, Repeated] = {}
    for position, event in enumerate(events):
        known = memory.known(position, event)
        if known.before is not None:
            repeated[position] = event, known
            continue
        decided = decide(work, event, known, judges, locale)
        writes.extend(event_writes(work, event, decided))
        memory.note(event, decided, work.now)
        touched.add(event.account_id)
        done[position] = Ingested(decided.answer, created=True)
    if repeated:
        replies = again.answers(work, list(repeated.values()))
        done |= {at: Ingested(reply, created=False) for at, reply in zip(repeated, replies, strict=True)}
    work.defer(*_last_of_each_device(writes))
    for account_id in sorted(touched):
        profiles.keep(work, account_id, memory.accounts[account_id].profile)
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
