"""Rate limits: how often one client, or one address that is no client yet, may ask.

They keep one caller from starving the others. Guesses at codes and passwords are counted in the
database, never here: these counts are of one process, or in Redis, and may be lost.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import assert_never

import structlog
from flask import Flask, g
from limits import RateLimitItem
from limits.errors import StorageError
from limits.storage import storage_from_string
from limits.strategies import FixedWindowRateLimiter, RateLimiter

from secmon.core.errors import Throttled
from secmon.settings.environment import Settings
from secmon.web.parts import Part

log = structlog.get_logger(__name__)

# A Redis that hangs costs each request this much, and nobody their answer.
REDIS_TIMEOUT_S = 0.25


class Limited(StrEnum):
    """Whose requests are counted. The gates that every login and payment passes count nobody's."""

    BY_CLIENT = "client"
    BY_ADDRESS = "address"
    NOT = "not"


@dataclass(frozen=True, slots=True)
class RateLimits:
    """The limits of one application, and where it counts."""

    limiter: RateLimiter
    by_client: RateLimitItem
    by_address: RateLimitItem


LIMITS: Part[RateLimits] = Part("limits")


def install(app: Flask, settings: Settings) -> None:
    """Counts in each process (`memory://`), or in the Redis that all of them share."""
    shared = settings.rate_limit_storage.startswith("redis")
    options = {"socket_timeout": REDIS_TIMEOUT_S, "socket_connect_timeout": REDIS_TIMEOUT_S} if shared else {}
    storage = storage_from_string(settings.rate_limit_storage, wrap_exceptions=True, **options)
    limiter = FixedWindowRateLimiter(storage)
    LIMITS.put(app, RateLimits(limiter, settings.client_rate_limit, settings.token_rate_limit))


def spend(limited: Limited) -> None:
    """Counts this request; raises `Throttled` where there was none left."""
    limits = LIMITS.chosen()
    match limited:
        case Limited.BY_CLIENT:
            _spend(limits.limiter, limits.by_client, "client", g.caller.actor.actor_id)
        case Limited.BY_ADDRESS:
            _spend(limits.limiter, limits.by_address, "address", g.client_address or "unknown")
        case Limited.NOT:
            pass
        case _:
            assert_never(limited)


def _spend(limiter: RateLimiter, limit: RateLimitItem, *whose: str) -> None:
    try:
        if limiter.hit(limit, *whose):
            return
        ends = limiter.get_window_stats(limit, *whose).reset_time
    except StorageError as error:
        # Without its counts the service still works, and nothing that must hold depends on them.
        log.warning("rate_limits_not_counted", exc_info=error)
        return
    raise Throttled(timedelta(seconds=ends - time.time()))
