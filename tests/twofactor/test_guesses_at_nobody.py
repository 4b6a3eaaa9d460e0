"""A76: whoever types names of accounts that nobody knows fills no record that is kept for ten years."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import Table, select

from secmon.audit import verify
from secmon.database.work import Work
from secmon.house import METADATA
from secmon.twofactor import guesses
from tests.service import Service
from tests.twofactor.owner import Owner
from tests.twofactor.traces import recorded


def rows(service: Service, account_id: str) -> set[str]:
    """The tables that hold anything of the account."""
    with service.work(write=False) as work:
        return {table.name for table in METADATA.tables.values() if _holds(work, table, account_id)}


def _holds(work: Work, table: Table, account_id: str) -> bool:
    if "account_id" not in table.c:
        return False
    found = select(table.c.account_id).where(table.c.account_id == account_id).limit(1)
    return work.session.scalar(found) is not None


@pytest.mark.parametrize("body", [{"code": "123456"}, {"recovery_code": "AAAA-AAAA-AAAA-AAAA"}])
def test_A76_codes_for_an_account_that_nobody_knows_leave_a_count_and_nothing_else(
    service: Service, owner: Owner, body: dict[str, str]
) -> None:
    assert [owner.verify(**body).status_code for _ in range(5)] == [403] * 5
    assert owner.wallet.post(f"{owner.path}/recovery-codes", json={"code": "123456"}).status_code == 429
    assert rows(service, owner.account_id) == {"second_factors"}
    owner.clock.advance(timedelta(days=30))
    with service.work() as work:
        while guesses.purge(work):
            pass
    assert rows(service, owner.account_id) == set()


def test_A76_the_count_goes_on_where_the_account_comes_into_being(service: Service, owner: Owner) -> None:
    assert owner.fail(4) == [403] * 4
    owner.start()
    assert owner.fail(2) == [403, 429]
    (known,) = recorded(service, owner.account_id, "second_factor.rejected")
    assert known["failures"] == 5
    with service.work(write=False) as work:
        assert verify.verify(work, owner.account_id).flaw is None
