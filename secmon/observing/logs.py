"""Logs: one JSON object a line on standard output, cheap to write, and free of secrets (A29, A39)."""

from __future__ import annotations

import json
import logging
import re
import sys
import traceback
from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Any, TextIO

import structlog
from structlog.typing import EventDict, Processor

from secmon.core.clock import system_clock

HIDDEN = "[hidden]"
_SECRET_NAME = re.compile(
    r"password|passphrase|secret|token|authorization|cookie|credential|seed|otp|recovery_code|qr_svg"
    r"|private_key|email|phone",
    re.IGNORECASE,
)
_encode = json.JSONEncoder(default=str).encode
_SHORTEST_SECRET = 12
# What is a secret whatever it is called: JWTs, webhook secrets, bearer headers, a URL's password.
_SECRET_VALUE = re.compile(
    r"eyJ[\w-]{8,}\.[\w-]+\.[\w-]*|whsec_[\w+/=-]+|[Bb](?:earer|asic) +[\w.~+/=-]{8,}|://[^/\s@:]*:[^/\s@]*(?=@)"
)


def configure(level: str, stream: TextIO | None = None) -> None:
    """Sets up structlog, and the standard library's loggers behind it, for this process.

    `level` is one of `settings.LOG_LEVELS`.
    """
    lowest = logging.getLevelNamesMapping()[level.upper()]
    factory = structlog.WriteLoggerFactory(stream or sys.stdout)
    structlog.configure(
        processors=_processors(),
        wrapper_class=structlog.make_filtering_bound_logger(lowest),
        logger_factory=factory,
        cache_logger_on_first_use=True,
    )
    _PLAIN.set(lowest, factory())
    # Libraries speak only when something is wrong; their own chatter would double every line.
    logging.basicConfig(level=max(lowest, logging.WARNING), handlers=[LibraryHandler()], force=True)


class _Plain:
    """Where lines go that are written past structlog's processors; nowhere until `configure` was called."""

    def __init__(self) -> None:
        self.lowest = logging.CRITICAL
        self.write: Callable[[str], object] = str

    def set(self, lowest: int, logger: structlog.WriteLogger) -> None:
        self.lowest, self.write = lowest, logger.msg


_PLAIN = _Plain()


def writes_info() -> bool:
    """Whether lines of the level `info` are written."""
    return _PLAIN.lowest <= logging.INFO


def write_line(line: bytes) -> None:
    """One JSON object as it is: whoever makes it has hidden what may be a secret (`hidden`)."""
    # As `render`: what is not ASCII is an escape.
    text = line.decode() if line.isascii() else _encode(json.loads(line))
    _PLAIN.write(text)


def _processors() -> list[Processor]:
    return [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        stamp,
        describe_exception,
        hide_secrets,
        render,
    ]


class LibraryHandler(logging.Handler):
    """Hands what a library logs to structlog: the message as it is, an exception without its text."""

    def emit(self, record: logging.LogRecord) -> None:
        log = structlog.get_logger(record.name)
        log.log(record.levelno, record.getMessage(), logger=record.name, exc_info=record.exc_info)


def stamp(_logger: Any, _method: str, event: EventDict) -> EventDict:
    event["at"] = system_clock().isoformat(timespec="milliseconds")
    return event


def describe_exception(_logger: Any, _method: str, event: EventDict) -> EventDict:
    """Replaces `exc_info` by the kinds of the exceptions and where they were raised.

    Their texts stay out: a database's "failing row contains (…)" is full of other people's data.
    """
    raised = event.pop("exc_info", None)
    if isinstance(raised, tuple):
        raised = raised[1]
    elif raised is True:
        raised = sys.exc_info()[1]
    if isinstance(raised, BaseException):
        event["exception"] = list(_chain(raised))
    return event


def _chain(error: BaseException) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    seen: BaseException | None = error
    while seen is not None and len(found) < 5:
        frames = traceback.extract_tb(seen.__traceback__)
        kind = f"{type(seen).__module__}.{type(seen).__qualname__}"
        found.append(
            {"kind": kind, "where": [f"{frame.filename}:{frame.lineno} {frame.name}" for frame in frames]}
        )
        seen = seen.__cause__ or (None if seen.__suppress_context__ else seen.__context__)
    return found


def hide_secrets(_logger: Any, _method: str, event: EventDict) -> EventDict:
    """The last net: nothing should log a secret, and what does is hidden by its name or its look."""
    return {name: HIDDEN if _is_secret(name) else _hidden(value) for name, value in event.items()}


@lru_cache(maxsize=1024)
def _is_secret(name: str) -> bool:
    return _SECRET_NAME.search(name) is not None


def hidden(text: str) -> str:
    """The text, what looks like a secret in it hidden."""
    return text if len(text) < _SHORTEST_SECRET else _SECRET_VALUE.sub(HIDDEN, text)


def _hidden(value: Any) -> Any:
    match value:
        case str():
            return hidden(value)
        case Mapping():
            return {
                name: HIDDEN if _is_secret(str(name)) else _hidden(inner) for name, inner in value.items()
            }
        case list() | tuple():
            return [_hidden(inner) for inner in value]
        case _:
            return value


def render(_logger: Any, _method: str, event: EventDict) -> str:
    """ASCII JSON on one line: whatever breaks lines or hides text is an escape in it (A29)."""
    line = {"at": event.pop("at"), "level": event.pop("level"), "event": event.pop("event")}
    return _encode({**line, **event})
