"""A message is stored with the change that causes it."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from secmon.core.actor import SYSTEM
from secmon.database.engine import Database
from secmon.outbox import service as outbox
from secmon.outbox.kinds import Kind
from secmon.outbox.models import OwedMessage
from tests.service import FakeClock


class Undone(Exception):
    pass


def owe_and_undo(database: Database) -> None:
    with database.work(SYSTEM) as work:
        outbox.owe(work, "a", Kind.ACCOUNT_FROZEN, {})
        work.defer(outbox.owing(work, "a", Kind.SESSIONS_REVOKE, {}))
        raise Undone


def messages(database: Database) -> list[tuple[str, int, str]]:
    query = select(OwedMessage.account_id, OwedMessage.position, OwedMessage.kind)
    with database.work(SYSTEM, write=False) as work:
        rows = work.session.execute(query.order_by(OwedMessage.account_id, OwedMessage.position))
        return [(account_id, position, kind) for account_id, position, kind in rows]


def test_what_is_undone_owes_nothing(database: Database):
    with pytest.raises(Undone):
        owe_and_undo(database)
    assert messages(database) == []


def test_messages_of_an_account_are_numbered_in_the_order_they_were_owed(database: Database):
    with database.work(SYSTEM) as work:
        outbox.owe(work, "a", Kind.ACCOUNT_FROZEN, {})
        outbox.owe(work, "b", Kind.LOGIN_ALERT, {})
        outbox.owe(work, "a", Kind.CASE_OPENED, {})
        work.defer(outbox.owing(work, "a", Kind.SESSIONS_REVOKE, {}))
    assert messages(database) == [
        ("a", 1, "account.frozen"),
        ("a", 2, "case.opened"),
        ("a", 3, "sessions.revoke"),
        ("b", 1, "login.alert"),
    ]


def test_an_hour_back_on_the_clock_changes_no_order(database: Database, clock: FakeClock):
    with database.work(SYSTEM) as work:
        outbox.owe(work, "a", Kind.ACCOUNT_FROZEN, {})
    clock.advance(timedelta(hours=-1))
    with database.work(SYSTEM) as work:
        outbox.owe(work, "a", Kind.ACCOUNT_UNFROZEN, {})
    assert [kind for _, _, kind in messages(database)] == ["account.frozen", "account.unfrozen"]
