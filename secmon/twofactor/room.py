"""What this room hands to the composition root."""

from __future__ import annotations

from datetime import timedelta

from secmon.rooms.duty import Duty, in_one_work
from secmon.rooms.room import Room
from secmon.rooms.sealed_columns import SealedColumn
from secmon.settings.environment import Settings
from secmon.twofactor import guesses, recovery_codes, reset_routes, routes, service, totp
from secmon.twofactor.models import (
    GuessCount,
    RecoveryCode,
    RecoveryCodeSet,
    TotpAuthenticator,
    TotpEnrolment,
)


def _duties(_settings: Settings) -> tuple[Duty, ...]:
    return (
        Duty("purge-enrolments", timedelta(minutes=10), in_one_work(service.purge_expired)),
        Duty("purge-guesses", timedelta(minutes=10), in_one_work(guesses.purge)),
    )


ROOM = Room(
    routes=(routes.blp, reset_routes.blp),
    tables=(GuessCount, RecoveryCode, RecoveryCodeSet, TotpAuthenticator, TotpEnrolment),
    eraser=service.erase,
    duties=_duties,
    sealed=(
        SealedColumn(RecoveryCodeSet.recovery_key, recovery_codes.recovery_context, GuessCount.account_id),
        SealedColumn(TotpAuthenticator.seed, totp.seed_context, GuessCount.account_id),
        SealedColumn(TotpEnrolment.seed, totp.enrolment_context),
    ),
)
