"""The floor of any request: what it sent to PostgreSQL once, sent again through the bare driver.

One operation of the service is run and its round trips are written down; each replay is the same
statements under names of its own, in as many round trips and with the same commit.
"""

from __future__ import annotations

import re
import uuid
from collections.abc import Callable, Sequence
from typing import Any
from unittest.mock import patch

import psycopg
from sqlalchemy import create_engine, make_url

from secmon.core.actor import SYSTEM
from secmon.database import wire
from secmon.database.connecting import BoundedConnection
from secmon.database.engine import Database
from secmon.database.wire import Command
from secmon.database.work import Work

ACCOUNT = "bare-account"
# What another replay must not name as well: the account, every id, the case's reference.
_NAMES = re.compile(rf"{ACCOUNT}|[0-9a-f]{{8}}(?:-[0-9a-f]{{4}}){{3}}-[0-9a-f]{{12}}|SC-\d{{4}}-\w{{4}}")


# The statements of one round trip with their parameters, BEGIN and COMMIT among them.
_Trip = list[tuple[str, Sequence[Any]]]


class _Recorder(BoundedConnection):
    """Writes down what it is sent, a list a round trip."""

    trips: list[_Trip]

    def execute(self, query: Any, params: Any = None, **options: Any) -> Any:
        command = Command(query)
        self.trips.append([(command.sql.decode(), [(params or {})[name] for name in command.names])])
        return super().execute(query, params, **options)


def replayed(url: str, operation: Callable[[Work], object]) -> Callable[[int], Callable[[int], None]]:
    """What `load.direct_rate` wants: `operation`, which acts on `ACCOUNT`, for the account of any number."""
    trips = _recorded(url, operation)

    def worker(_number: int) -> Callable[[int], None]:
        connection = psycopg.connect(_plain(url), autocommit=True, cursor_factory=psycopg.RawCursor)

        def do(number: int) -> None:
            for trip in trips:
                _send(connection, trip, number)

        return do

    return worker


def _recorded(url: str, operation: Callable[[Work], object]) -> list[_Trip]:
    connections = list[_Recorder]()
    sends = wire.exchange

    def connect() -> _Recorder:
        connection = _Recorder.connect(_plain(url))
        connection.trips = []
        connections.append(connection)
        return connection

    def exchange(connection: _Recorder, sent: Sequence[wire.Sent]) -> list[list[wire.Row]]:
        connection.trips.append(
            [
                (command.sql.decode(), [{**command.constants, **given}[name] for name in command.names])
                for command, given in sent
            ]
        )
        return sends(connection, sent)

    database = Database(create_engine(url, creator=connect))
    with patch.object(wire, "exchange", exchange), database.work(SYSTEM) as work:
        operation(work)
    trips = [trip for connection in connections for trip in connection.trips if trip]
    database.dispose()
    return trips


def _plain(url: str) -> str:
    return make_url(url).set(drivername="postgresql").render_as_string(hide_password=False)


def _send(connection: psycopg.Connection, trip: _Trip, number: int) -> None:
    with connection.pipeline():
        cursors = [
            connection.execute(text, _renamed(parameters, number), prepare=True) for text, parameters in trip
        ]
    for cursor in cursors:
        if cursor.description is not None:
            cursor.fetchall()


def _renamed(parameters: Sequence[Any], number: int) -> list[Any]:
    return [_other(value, number) for value in parameters]


def _other(value: Any, number: int) -> Any:
    if isinstance(value, str):
        return _NAMES.sub(lambda found: _name(found[0], number), value)
    return uuid.UUID(_name(str(value), number)) if isinstance(value, uuid.UUID) else value


def _name(name: str, number: int) -> str:
    if name.startswith("SC-"):
        return f"SC-0000-{number}"
    return f"{ACCOUNT}-{number}" if name == ACCOUNT else f"{name[:24]}{number:012x}"
