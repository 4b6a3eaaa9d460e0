"""`make bench`: starts PostgreSQL and the service as it ships, and prints each figure beside its floor."""

from __future__ import annotations

import sys

from bench import growth, logins, one_thread, outbox, retention, scoring, theft, twofactor
from bench.running import running_service

BENCHES = {
    "scoring": scoring.run,
    "logins": logins.run,
    "one_thread": one_thread.run,
    "growth": growth.run,
    "theft": theft.run,
    "twofactor": twofactor.run,
    "outbox": outbox.run,
    "retention": retention.run,
}


def main(names: list[str]) -> None:
    """Runs the named benchmarks, or all of them."""
    for name in names or BENCHES:
        with running_service() as service:
            BENCHES[name](service)


main(sys.argv[1:])
