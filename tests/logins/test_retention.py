"""Marks of failures are kept as long as a tally may look at them."""

from __future__ import annotations

from datetime import timedelta

import httpx
from sqlalchemy import func, select

from secmon.logins import retention
from secmon.logins.models import FailureMark
from tests.logins.factories import login
from tests.service import Service


def test_old_failure_marks_go_and_recent_ones_stay(
    service: Service, wallet: httpx.Client, account_id: str
) -> None:
    for hours in (0, 23):
        failed = login(
            account_id, after=timedelta(hours=hours), outcome="failure", failure_reason="bad_password"
        )
        wallet.post("/v1/login-events", json=failed).raise_for_status()
    service.clock.advance(timedelta(hours=2))
    with service.work() as work:
        assert retention.purge_failure_marks(work) >= 1
    with service.work(write=False) as work:
        kept = select(func.count()).where(FailureMark.account_id == account_id)
        assert work.session.scalar(kept) == 1
