"""What surrounds every route, put around an application in the one order that works."""

from __future__ import annotations

import ipaddress
import re
import secrets
import time
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from functools import lru_cache

import structlog
from flask import Blueprint, Flask, Response, request
from flask.globals import app_ctx

from secmon.database.engine import Database
from secmon.settings.environment import Settings
from secmon.web import guard, limits, problems
from secmon.web.idempotency import KEYS
from secmon.web.unit_of_work import DATABASE

LARGEST_BODY = 1024 * 1024


def install(app: Flask, settings: Settings, database: Database, observe: Callable[[], None]) -> None:
    """Before any blueprint is registered. `observe` puts around it what looks at every request."""
    app.config["MAX_CONTENT_LENGTH"] = LARGEST_BODY
    # Without a view of ours behind it, OPTIONS is one more method that does not work here.
    app.config["PROVIDE_AUTOMATIC_OPTIONS"] = False
    app.url_map.converters["identifier"] = guard.IdentifierConverter
    DATABASE.put(app, database)
    KEYS.put(app, settings.keys)
    # Flask runs what comes first last on the way out: the log line sees the answer as it leaves.
    _identify(app, settings.trusted_proxies)
    observe()
    limits.install(app, settings)


def publish(app: Flask, blueprints: Iterable[Blueprint]) -> None:
    """Registers the routes; one without a scope does not start. Raises `guard.UnguardedRoute`."""
    for blueprint in blueprints:
        app.register_blueprint(blueprint)
    problems.install(app)
    guard.operations(app)


# What a caller may choose itself: enough for UUIDs and the ids of the usual gateways, and nothing
# that could mean anything in a header, a log line or a page.
_REQUEST_ID = re.compile(r"[A-Za-z0-9._:-]{1,128}", re.ASCII)
_TRACEPARENT = re.compile(r"([0-9a-f]{2})-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})(-.*)?", re.ASCII)


@dataclass(frozen=True, slots=True)
class Trace:
    """A W3C trace that this request is a part of: hex ids as they stand in `traceparent`."""

    trace_id: str
    parent_id: str
    span_id: str
    sampled: bool

    def header(self) -> str:
        """The `traceparent` that whoever comes next is given."""
        return f"00-{self.trace_id}-{self.span_id}-{self.sampled:02x}"


def parse_traceparent(text: str) -> Trace | None:
    """The caller's trace, continued by a span of our own; None where the header is not valid.

    W3C Trace Context §3.2: lower-case hex, no all-zero id, version ff never, and exactly four fields
    in version 00, while later versions may append some.
    """
    match = _TRACEPARENT.fullmatch(text)
    if match is None:
        return None
    version, trace_id, parent_id, flags, more = match.groups()
    if version == "ff" or (version == "00" and more) or not int(trace_id, 16) or not int(parent_id, 16):
        return None
    return Trace(trace_id, parent_id, secrets.token_hex(8), bool(int(flags, 16) & 1))


def _identify(app: Flask, trusted_proxies: Collection[Network]) -> None:
    """Gives each request `g.started`, `g.request_id`, `g.trace` and `g.client_address` before anything else
    runs.
    """

    def begin() -> None:
        started, environ = time.perf_counter(), request.environ
        claimed = environ.get("HTTP_X_REQUEST_ID", "")
        request_id = claimed if _REQUEST_ID.fullmatch(claimed) else secrets.token_hex(16)
        trace = parse_traceparent(environ.get("HTTP_TRACEPARENT", ""))
        forwarded_for = environ.get("HTTP_X_FORWARDED_FOR")
        address = client_address(environ.get("REMOTE_ADDR"), forwarded_for, trusted_proxies)
        # Each look at `g` itself finds the request's context first.
        known = vars(app_ctx.g)
        known["started"], known["request_id"], known["trace"] = started, request_id, trace
        known["client_address"] = address
        # A server thread serves many requests one after the other: nothing of the last one may stay.
        structlog.contextvars.clear_contextvars()
        structlog.contextvars.bind_contextvars(request_id=request_id)
        if trace is not None:
            structlog.contextvars.bind_contextvars(trace_id=trace.trace_id, span_id=trace.span_id)

    def finish(response: Response) -> Response:
        known = app_ctx.g
        response.headers["X-Request-Id"] = known.request_id
        if known.trace is not None:
            response.headers["traceparent"] = known.trace.header()
        return response

    app.before_request(begin)
    app.after_request(finish)


Address = ipaddress.IPv4Address | ipaddress.IPv6Address
Network = ipaddress.IPv4Network | ipaddress.IPv6Network

# More hops than any real chain of proxies; what lies behind them is not looked at.
MOST_HOPS = 20


def client_address(peer: str | None, forwarded_for: str | None, trusted: Collection[Network]) -> str | None:
    """The right-most hop of X-Forwarded-For that is no trusted proxy, else the peer.

    Each proxy appends the address that it saw, so everything left of the first untrusted hop is the
    client's own claim. A hop that is no address makes the whole header worthless: the peer it is.
    """
    address = parse_address(peer or "")
    if address is None:
        return None
    if not forwarded_for or not _is_trusted(address, trusted):
        return str(address)
    hop = address
    for text in reversed(forwarded_for.split(",")[-MOST_HOPS:]):
        found = parse_address(text.strip(" \t"))
        if found is None:
            return str(address)
        hop = found
        if not _is_trusted(hop, trusted):
            break
    return str(hop)


@lru_cache(maxsize=4096)
def parse_address(text: str) -> Address | None:
    """An IPv4 or IPv6 address, or None; an IPv4-mapped IPv6 address is the IPv4 address it holds."""
    if not text.isascii() or "%" in text:
        return None
    try:
        address = ipaddress.ip_address(text)
    except ValueError:
        return None
    if isinstance(address, ipaddress.IPv6Address) and address.ipv4_mapped is not None:
        return address.ipv4_mapped
    return address


def _is_trusted(address: Address, trusted: Collection[Network]) -> bool:
    return any(address in network for network in trusted)
