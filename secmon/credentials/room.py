"""What this room hands to the composition root."""

from __future__ import annotations

from datetime import timedelta
from functools import partial

from secmon.credentials import password_routes, reminders, retention, routes, timeline
from secmon.credentials.age import Reminding
from secmon.credentials.models import CredentialChange, PasswordState, ScheduledBy
from secmon.rooms.duty import Duty
from secmon.rooms.room import Kept, Retention, Room
from secmon.settings.environment import Settings


def _duties(settings: Settings) -> tuple[Duty, ...]:
    reminding = Reminding(timedelta(days=settings.password_age_days), settings.owner_zone)
    return (Duty("remind-passwords", timedelta(minutes=1), partial(reminders.run, reminding=reminding)),)


ROOM = Room(
    routes=(routes.blp, password_routes.blp),
    tables=(CredentialChange, PasswordState, ScheduledBy),
    eraser=timeline.erase,
    timeline=(timeline.CREDENTIALS,),
    duties=_duties,
    retention=(Retention("purge-credential-changes", Kept.EVENTS, retention.purge),),
)
