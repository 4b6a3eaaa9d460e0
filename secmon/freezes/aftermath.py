"""What the thief had dies with the theft: what the unfreeze asks the other rooms for, in its transaction."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from secmon.core.errors import FieldError, Invalid
from secmon.core.working_time import WorkingCalendar
from secmon.database.work import Work
from secmon.freezes.models import Freeze
from secmon.freezes.reasons import THEFTS
from secmon.web.parts import Part

# Where nobody knows since when: long enough for a thief who looks around first.
SUSPECTED_FOR = timedelta(days=14)


@dataclass(frozen=True, slots=True)
class Aftermath:
    """What the composition root knows of rooms beside and above; each is called under the account's lock.

    `first_doubt(work, account_id, before)`: when the first login happened that its owner was asked about
    and did not vouch for. `had_factor(work, account_id, since, enrolled_before)`: whether the owner had a
    second factor. `disown(work, account_id, device_key)`: a device that a report named is nobody's any more.
    `endings(work, account_id, since)`: all else that dies.
    """

    first_doubt: Callable[[Work, str, datetime], datetime | None]
    had_factor: Callable[[Work, str, datetime, datetime | None], bool]
    disown: Callable[[Work, str, str], None]
    endings: Sequence[Callable[[Work, str, datetime], None]]


@dataclass(frozen=True, slots=True)
class FreezeRules:
    """What the composition root chose. `second_person`: whether one has to approve an unfreeze."""

    calendar: WorkingCalendar
    second_person: bool
    aftermath: Aftermath


FREEZE_RULES: Part[FreezeRules] = Part("freezes")


def begun(work: Work, freeze: Freeze, named: datetime | None, aftermath: Aftermath) -> datetime | None:
    """Since when what happened to the account may be a thief's; None where nobody speaks of a theft.

    Whoever names a day speaks of one, whatever was reported. Where nobody does, it is two weeks, or longer
    where the owner was asked about a login before that and did not say that it was theirs.
    Raises `Invalid` for a day after the freeze.
    """
    if named is not None:
        if named > freeze.frozen_at:
            raise Invalid(errors=(FieldError("/suspected_since", "Lies after the freeze"),))
        return named
    if THEFTS.isdisjoint(freeze.reasons):
        return None
    two_weeks = freeze.frozen_at - SUSPECTED_FOR
    return aftermath.first_doubt(work, freeze.account_id, two_weeks) or two_weeks
