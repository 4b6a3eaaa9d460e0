"""Values on the wire to PostgreSQL: as text, both ways."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping
from datetime import date, datetime
from enum import Enum
from typing import Any, cast

import msgspec
import psycopg
from psycopg.pq import Format

Load = Callable[[bytes], Any]

_NUL = b"\x00"


def _text(value: bytes) -> str:
    return value.decode()


def _instant(value: bytes) -> datetime:
    return datetime.fromisoformat(value.decode())


# By object identifier (pg_type.dat); others are read as psycopg reads them.
_LOADS: Mapping[int, Load] = {
    16: lambda value: value == b"t",
    20: int,
    21: int,
    23: int,
    25: _text,
    114: msgspec.json.decode,
    701: float,
    1042: _text,
    1043: _text,
    1184: _instant,
    2950: lambda value: uuid.UUID(value.decode()),
    3802: msgspec.json.decode,
}


def load_of(connection: psycopg.Connection[Any], kind: int) -> Load:
    """How values of a type, by its object identifier, are read."""
    known = _LOADS.get(kind)
    if known is not None:
        return known
    adapters = connection.adapters
    loader = adapters.get_loader(kind, Format.TEXT) or adapters.get_loader(0, Format.TEXT)
    if loader is None:
        raise psycopg.InterfaceError(f"no way to read values of type {kind}")
    return cast(Load, loader(kind, connection).load)


def written(value: Any) -> bytes | None:
    """A parameter as PostgreSQL reads text. Raises `psycopg.DataError` for what cannot be written so."""
    write = _WRITES.get(type(value))
    if write is None:
        write = _write_of(value)
    return write(value)


# What PostgreSQL is told of a parameter (pg_type.dat). Text it takes for whatever stands there.
_UNKNOWN = 0
_KINDS: Mapping[type, int] = {
    bool: 16,
    bytes: 17,
    int: 20,
    float: 701,
    date: 1082,
    datetime: 1184,
    uuid.UUID: 2950,
}


def kind_of(value: Any) -> int:
    """The object identifier of a parameter's type, 0 for text."""
    return _KINDS.get(type(value), _UNKNOWN)


def _write_text(value: str) -> bytes:
    found = value.encode()
    if _NUL in found:
        # libpq would take what stands in front of it for the whole.
        raise psycopg.DataError("text for PostgreSQL cannot hold a NUL")
    return found


_WRITES: dict[type, Callable[[Any], bytes | None]] = {
    type(None): lambda _: None,
    str: _write_text,
    bool: lambda value: b"t" if value else b"f",
    int: lambda value: b"%d" % value,
    float: lambda value: repr(value).encode(),
    datetime: lambda value: value.isoformat().encode(),
    date: lambda value: value.isoformat().encode(),
    uuid.UUID: lambda value: value.hex.encode(),
    bytes: lambda value: b"\\x" + value.hex().encode(),
}


def _write_of(value: Any) -> Callable[[Any], bytes | None]:
    """How values of a type that was not met yet are written: enumerations as what they stand for."""
    if isinstance(value, Enum) and isinstance(value, str):
        _WRITES[type(value)] = lambda one: _write_text(str(one.value))
    elif isinstance(value, (str, int, datetime)):
        base = next(kind for kind in (bool, int, str, datetime) if isinstance(value, kind))
        _WRITES[type(value)] = _WRITES[base]
    else:
        raise psycopg.DataError(f"no way to write a {type(value).__name__}")
    return _WRITES[type(value)]
