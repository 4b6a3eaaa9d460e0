"""What this room hands to the composition root."""

from __future__ import annotations

from datetime import timedelta

from secmon.rooms.duty import Duty, in_one_work
from secmon.rooms.room import Room
from secmon.rooms.sealed_columns import SealedColumn
from secmon.settings.environment import Settings
from secmon.twofactor import factor, reset_routes, routes, service
from secmon.twofactor.models import RecoveryCode, SecondFactor, TotpEnrolment


def _duties(_settings: Settings) -> tuple[Duty, ...]:
    return (
        Duty("purge-enrolments", timedelta(minutes=10), in_one_work(service.purge_expired)),
        Duty("purge-guesses", timedelta(minutes=10), in_one_work(service.purge_guesses)),
    )


ROOM = Room(
    routes=(routes.blp, reset_routes.blp),
    tables=(RecoveryCode, SecondFactor, TotpEnrolment),
    eraser=service.erase,
    duties=_duties,
    sealed=(
        SealedColumn(SecondFactor.recovery_key, factor.recovery_context),
        SealedColumn(SecondFactor.seed, factor.seed_context),
        SealedColumn(TotpEnrolment.seed, factor.enrolment_context),
    ),
)
