"""What this room hands to the composition root."""

from __future__ import annotations

from datetime import timedelta
from functools import partial

from secmon.accounts import tombstones
from secmon.cases import retention as cases
from secmon.database.work import Work
from secmon.freezes import recovery, retention, routes, service
from secmon.freezes.models import Freeze, Recovery
from secmon.rooms.duty import Duty, in_one_work
from secmon.rooms.room import Kept, Retention, Room
from secmon.settings.environment import Settings


def _purge_tombstones(work: Work) -> int:
    """With what hangs on them, once the last transaction has deleted them."""
    return recovery.purge(work) + tombstones.purge(work)


def _duties(_settings: Settings) -> tuple[Duty, ...]:
    return (Duty("purge-tombstones", timedelta(minutes=10), in_one_work(_purge_tombstones)),)


# Cases lie below, and know nothing of the freezes that they hold.
_CASES = partial(cases.purge, along=retention.purge_of_cases)

ROOM = Room(
    routes=(routes.blp,),
    tables=(Freeze, Recovery),
    eraser=service.erase,
    stays=(Recovery,),
    duties=_duties,
    retention=(Retention("purge-cases", Kept.RECORDS, _CASES),),
)
