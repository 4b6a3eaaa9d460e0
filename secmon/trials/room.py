"""What this room hands to the composition root."""

from __future__ import annotations

from datetime import timedelta
from functools import partial

from secmon.devices.user_agents import UserAgentReader
from secmon.logins import stored as logins
from secmon.rooms.duty import Duty
from secmon.rooms.room import Kept, Retention, Room
from secmon.settings.environment import Settings
from secmon.trials import comparisons, routes
from secmon.trials.backtesting import Backtester
from secmon.trials.models import Backtest, ChangedDecision, ComparedDecisions


def _duties(settings: Settings) -> tuple[Duty, ...]:
    return (Duty("backtest", timedelta(seconds=2), Backtester(UserAgentReader(settings.app_products)).run),)


# Logins lie below, and know nothing of the examples that were taken from them.
_LOGINS = partial(logins.purge_events, forget=comparisons.forget_logins)

ROOM = Room(
    routes=(routes.blp,),
    tables=(Backtest, ChangedDecision, ComparedDecisions),
    eraser=comparisons.erase,
    duties=_duties,
    retention=(Retention("purge-logins", Kept.EVENTS, _LOGINS),),
)
