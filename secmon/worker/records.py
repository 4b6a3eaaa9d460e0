"""How duties went, written where other processes can read it: `secmon worker status`, metrics."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select

from secmon.clients import service as clients
from secmon.database.upsert import insert_for
from secmon.database.work import Work
from secmon.rooms.duty import Duty
from secmon.worker.models import DutyRecord

LONGEST_ERROR = 200


@dataclass(slots=True)
class Tally:
    """What a duty did since it was last written down."""

    done: int = 0
    failures: int = 0
    succeeded: bool = False
    error: str | None = None

    def succeed(self, done: int) -> None:
        self.done += done
        self.succeeded, self.error = True, None

    def fail(self, error: BaseException) -> None:
        self.failures += 1
        self.error = f"{type(error).__name__}: {error}"[:LONGEST_ERROR]


@dataclass(frozen=True, slots=True)
class DutyStatus:
    """One duty as it stands. `lag` is how much later than it should be the last success is."""

    name: str
    last_run_at: datetime | None
    last_success_at: datetime | None
    last_error: str | None
    done: int
    failures: int
    lag: timedelta


def write_down(work: Work, duty: Duty, tally: Tally) -> None:
    """Adds a tally to the duty's row; several workers add to one row."""
    insert = insert_for(work.dialect.name, DutyRecord).values(
        duty=duty.name,
        last_run_at=work.now,
        last_success_at=work.now if tally.succeeded else None,
        last_error=tally.error,
        done=tally.done,
        failures=tally.failures,
    )
    new = insert.excluded
    changes = {
        "last_run_at": new.last_run_at,
        "done": DutyRecord.done + new.done,
        "failures": DutyRecord.failures + new.failures,
    }
    if tally.succeeded:
        changes["last_success_at"] = new.last_success_at
    if tally.succeeded or tally.failures:
        changes["last_error"] = new.last_error
    work.session.execute(insert.on_conflict_do_update(index_elements=["duty"], set_=changes))


def statuses(work: Work, duties: Iterable[Duty]) -> list[DutyStatus]:
    """How each duty stands, by what all workers wrote down; one that never succeeded is as late as the
    installation is old."""
    installed_at = clients.installed_at(work)
    found = {record.duty: record for record in work.session.scalars(select(DutyRecord))}
    return [_status(duty, found.get(duty.name), installed_at, work.now) for duty in duties]


def _status(duty: Duty, record: DutyRecord | None, installed_at: datetime, now: datetime) -> DutyStatus:
    succeeded = None if record is None else record.last_success_at
    lag = max(timedelta(0), now - (succeeded or installed_at) - duty.every)
    if record is None:
        return DutyStatus(duty.name, None, None, None, 0, 0, lag)
    return DutyStatus(
        duty.name,
        record.last_run_at,
        succeeded,
        record.last_error,
        record.done,
        record.failures,
        lag,
    )
