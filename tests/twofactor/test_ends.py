"""What is over is deleted: enrolments that expired, and everything of an erased account."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import func, select

from secmon.twofactor import service as twofactor
from secmon.twofactor.models import RecoveryCode, SecondFactor, TotpEnrolment
from tests.service import Service
from tests.twofactor.owner import Owner


def _rows(service: Service, account_id: str) -> list[int]:
    with service.work(write=False) as work:
        return [
            work.session.scalar(select(func.count()).where(table.account_id == account_id))
            for table in (SecondFactor, RecoveryCode, TotpEnrolment)
        ]


def test_an_expired_enrolment_is_deleted_and_a_live_one_is_not(service: Service, owner: Owner) -> None:
    owner.start()
    owner.clock.advance(timedelta(minutes=5))
    later = Owner(owner.wallet, owner.clock, f"{owner.account_id}-later")
    later.start()
    owner.clock.advance(timedelta(minutes=5))
    with service.work() as work:
        assert twofactor.purge_expired(work) >= 1
    assert _rows(service, owner.account_id) == [0, 0, 0]
    assert _rows(service, later.account_id) == [0, 0, 1]


def test_an_erased_account_leaves_no_secret(service: Service, enrolled: Owner) -> None:
    waiting = Owner(enrolled.wallet, enrolled.clock, f"{enrolled.account_id}-waiting")
    waiting.start()
    for owner in (enrolled, waiting):
        assert owner.wallet.delete(owner.path).status_code == 204
        assert _rows(service, owner.account_id) == [0, 0, 0]
