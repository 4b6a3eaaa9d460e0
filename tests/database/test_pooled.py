"""Limits hold behind a pooler, which gives each transaction whichever session of the server's is free."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import suppress

import psycopg
import pytest
from sqlalchemy import func, literal_column, make_url, select, text
from sqlalchemy.exc import OperationalError

from secmon.core.actor import SYSTEM
from secmon.database.engine import LOCK_TIMEOUT_MS, Database, make_engine
from secmon.database.statements import Statement
from tests.databases import fresh_database

SLOW = Statement(select(func.pg_sleep(literal_column("5"))))
SETTINGS = Statement(
    select(*(func.current_setting(literal_column(f"'{name}'")) for name in ("TimeZone", "lock_timeout")))
)
BLOCK = 1 << 16
KEY_DATA = b"K\x00\x00\x00\x0c"


@pytest.fixture
def database() -> Iterator[Database]:
    """Reached by way of what names another process than the one that answers, as poolers do. What the session
    was given is gone by then.
    """
    url = make_url(fresh_database("postgresql"))
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
        threading.Thread(
            target=_accept, args=(listener, (url.host or "", url.port or 0)), daemon=True
        ).start()
        pooled = url.set(host="127.0.0.1", port=port).render_as_string(hide_password=False)
        opened = Database(make_engine(pooled, pool_size=1, statement_timeout_ms=50))
        with opened.work(SYSTEM) as work:
            for name in ("statement_timeout", "lock_timeout", "TimeZone"):
                work.session.execute(text(f"RESET {name}"))
        yield opened
        opened.dispose()


def _accept(listener: socket.socket, server: tuple[str, int]) -> None:
    client, _ = listener.accept()
    with client, socket.create_connection(server) as upstream:
        threading.Thread(target=_pass_on, args=(client, upstream, b""), daemon=True).start()
        _pass_on(upstream, client, KEY_DATA)


def _pass_on(source: socket.socket, target: socket.socket, hidden: bytes) -> None:
    with suppress(OSError):
        while data := source.recv(BLOCK):
            if hidden and (at := data.find(hidden)) >= 0:
                at += len(hidden)
                data = data[:at] + b"\x7f\xff\xff\xfe" + data[at + 4 :]
                hidden = b""
            target.sendall(data)
        target.shutdown(socket.SHUT_RDWR)


def test_a_statement_is_ended_in_time(database: Database) -> None:
    for write in (True, False):
        with pytest.raises(psycopg.errors.QueryCanceled), database.work(SYSTEM, write=write) as work:
            work.read(SLOW())


def test_so_is_one_of_the_orms(database: Database) -> None:
    with pytest.raises(OperationalError, match="statement timeout"), database.work(SYSTEM) as work:
        work.session.execute(text("SELECT pg_sleep(5)"))


def test_each_transaction_has_its_limits_for_itself(database: Database) -> None:
    for _ in range(2):
        with database.work(SYSTEM) as work:
            ((found,),) = work.read(SETTINGS())
        assert found == ("UTC", f"{LOCK_TIMEOUT_MS // 1000}s")
    with database.engine.connect() as connection:
        assert connection.scalar(text("SHOW lock_timeout")) == "0"
