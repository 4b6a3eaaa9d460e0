"""What is over is deleted: enrolments that expired, and everything of an erased account."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import func, select

from secmon.twofactor import guesses
from secmon.twofactor import service as twofactor
from secmon.twofactor.models import (
    GuessCount,
    RecoveryCode,
    RecoveryCodeSet,
    TotpAuthenticator,
    TotpEnrolment,
)
from tests.service import Service
from tests.twofactor.owner import Owner

TABLES = (GuessCount, RecoveryCode, TotpEnrolment, TotpAuthenticator, RecoveryCodeSet)


def _rows(service: Service, account_id: str) -> list[int]:
    with service.work(write=False) as work:
        return [
            work.session.scalar(select(func.count()).where(table.account_id == account_id))
            for table in TABLES
        ]


def test_an_expired_enrolment_is_deleted_and_a_live_one_is_not(service: Service, owner: Owner) -> None:
    owner.start()
    owner.clock.advance(timedelta(minutes=5))
    later = Owner(owner.wallet, owner.clock, f"{owner.account_id}-later")
    later.start()
    owner.clock.advance(timedelta(minutes=5))
    with service.work() as work:
        assert twofactor.purge_expired(work) >= 1
    assert _rows(service, owner.account_id) == [0] * len(TABLES)
    assert _rows(service, later.account_id) == [0, 0, 1, 0, 0]


def test_guesses_at_an_account_that_nobody_knows_are_forgotten_after_thirty_quiet_days(
    service: Service, owner: Owner
) -> None:
    quiet, loud = (Owner(owner.wallet, owner.clock, f"{owner.account_id}-{name}") for name in ("a", "b"))
    assert quiet.fail(5) == loud.fail(5) == [403] * 5
    owner.clock.advance(timedelta(days=30))
    assert loud.fail(1) == [403]
    _purge_guesses(service)
    assert (_rows(service, quiet.account_id)[0], _rows(service, loud.account_id)[0]) == (0, 1)
    # Ten straight failures, whatever lay between them.
    assert loud.fail(4) == [403] * 4
    assert loud.verify("123456").headers["Retry-After"] == "120"


def test_r05_no_count_of_a_known_account_ends_by_time(service: Service, owner: Owner) -> None:
    blank = Owner(owner.wallet, owner.clock, f"{owner.account_id}-blank")
    blank.start()
    owner.enrol()
    assert owner.fail(5) == blank.fail(5) == [403] * 5
    owner.clock.advance(timedelta(days=400))
    _purge_guesses(service)
    assert owner.fail(5) == blank.fail(5) == [403] * 5
    assert [one.verify("123456").headers["Retry-After"] for one in (owner, blank)] == ["120", "120"]


def _purge_guesses(service: Service) -> None:
    while True:
        with service.work() as work:
            if not guesses.purge(work):
                return


def test_an_erased_account_leaves_no_secret(service: Service, enrolled: Owner) -> None:
    waiting = Owner(enrolled.wallet, enrolled.clock, f"{enrolled.account_id}-waiting")
    waiting.start()
    for owner in (enrolled, waiting):
        assert owner.wallet.delete(owner.path).status_code == 204
        assert _rows(service, owner.account_id) == [0] * len(TABLES)
