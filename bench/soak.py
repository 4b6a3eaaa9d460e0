"""`make soak`: ten minutes of mixed traffic at 70 % of the peak that was measured just before.

Ends with status 1 where a request failed. `python -m bench.soak 2` is two minutes of it.
"""

from __future__ import annotations

import statistics
import sys
from collections.abc import Sequence

from bench.bare import ACCOUNTS
from bench.load import CONNECTIONS, http_rate, http_request
from bench.logins import event, single
from bench.memory import watched
from bench.paced import paced_rate
from bench.report import line, section
from bench.running import Running, running_service
from bench.traffic import Traffic

SHARE_OF_PEAK = 0.7
PEAK_SECONDS = 10.0
# More than are needed at that rate, so that a request is seldom held up by the generator itself.
SOAK_CONNECTIONS = 4 * CONNECTIONS
# Numbers of requests: warm-up, peak and soak never send the same event twice.
PEAK_FIRST, SOAK_FIRST = 1_000_000, 2_000_000


def main(minutes: float) -> int:
    """Prints the soak's figures; answers how many requests failed."""
    with running_service() as service:
        section(f"Soak: mixed traffic for {minutes:g} minutes, durable commit")
        http_rate(service.port, [single(service, event(number)) for number in range(ACCOUNTS)], seconds=60)
        peak = _peak(service)
        noop = http_rate(service.port, [http_request("GET", "/livez", None)] * 20_000, seconds=PEAK_SECONDS)
        line("peak, mixed", peak, "/s", floor=noop.per_second, floor_name="no-op route")
        with watched(service.pid) as memory:
            rate = paced_rate(
                service.port,
                Traffic(service, SOAK_FIRST),
                per_second=SHARE_OF_PEAK * peak,
                seconds=60 * minutes,
                connections=SOAK_CONNECTIONS,
            )
        line("sent", rate.per_second, "/s", floor=peak, floor_name="peak")
        line("failed", rate.failed, "requests", goal="0")
        line("median", rate.median_ms, "ms", floor=noop.median_ms, floor_name="no-op")
        line("p99", rate.p99_ms, "ms")
        _flat("largest web process", memory.web)
        _flat("worker", memory.worker)
        return rate.failed


def _peak(service: Running) -> float:
    traffic = Traffic(service, PEAK_FIRST)
    requests = [traffic(number) for number in range(20_000)]
    return http_rate(service.port, requests, seconds=PEAK_SECONDS).per_second


def _flat(name: str, samples: Sequence[float]) -> None:
    """The last quarter beside the second one: the first is caches that fill."""
    quarter = max(len(samples) // 4, 1)
    before, after = (statistics.median(samples[at * quarter :][:quarter]) for at in (1, 3))
    line(f"{name}, last quarter", after, "MB", floor=before, floor_name="second quarter")


if __name__ == "__main__":
    sys.exit(1 if main(float(sys.argv[1]) if len(sys.argv) > 1 else 10.0) else 0)
