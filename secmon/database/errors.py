"""What does a database's error mean: try again, ask later, or a mistake of ours?"""

from __future__ import annotations

import sqlite3

import psycopg
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout

# Classes and codes of https://www.postgresql.org/docs/current/errcodes-appendix.html:
# connection exception, transaction rollback, insufficient resources, operator intervention, system error.
_UNAVAILABLE_CLASSES = {"08", "40", "53", "57", "58"}
_LOCK_NOT_AVAILABLE = "55P03"
_UNAVAILABLE_SQLITE = {"SQLITE_BUSY", "SQLITE_LOCKED", "SQLITE_FULL", "SQLITE_IOERR", "SQLITE_CANTOPEN"}


def sqlstate_of(error: BaseException) -> str | None:
    """PostgreSQL's five-character code, where the error came from its server."""
    original = _driver_error(error)
    return original.sqlstate if isinstance(original, psycopg.Error) else None


def is_transient(error: BaseException) -> bool:
    """Deadlock or serialization failure: the same request may simply be done again (class 40)."""
    return (sqlstate_of(error) or "").startswith("40")


def is_unavailable(error: BaseException) -> bool:
    """Connection trouble, a timeout, a lock not had in time, no room: not the request's fault."""
    original = _driver_error(error)
    match original:
        case PoolTimeout():
            return True
        case psycopg.errors.PipelineAborted():
            # Says that an earlier statement failed, which is a mistake of ours where it was not told.
            return False
        case psycopg.OperationalError(sqlstate=None):
            return True
        case psycopg.Error():
            state = original.sqlstate or ""
            return state[:2] in _UNAVAILABLE_CLASSES or state == _LOCK_NOT_AVAILABLE
        case sqlite3.OperationalError():
            # An extended name, SQLITE_IOERR_WRITE, starts with its primary one.
            return any(original.sqlite_errorname.startswith(name) for name in _UNAVAILABLE_SQLITE)
        case _:
            return False


def _driver_error(error: BaseException) -> BaseException:
    return error.orig if isinstance(error, DBAPIError) and error.orig is not None else error
