"""Any life of an account, with requests that come twice, late and out of order: no rule is ever broken.

`SECMON_WALKS=2000` walks for longer, by other seeds each time; a failure names its seed, which
`SECMON_WALK_SEED` walks again.
"""

from __future__ import annotations

import os
import random
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field

import pytest

from tests.replays.contract import Rule
from tests.replays.plans import drawn
from tests.replays.walking import shortest, told, walk
from tests.replays.world import site_of
from tests.service import Service

WALKS = 16
SHRINKING_S = 8.0


def seeds() -> Iterator[int]:
    """The same ones in every run of the suite."""
    if "SECMON_WALK_SEED" in os.environ:
        return iter([int(os.environ["SECMON_WALK_SEED"])])
    if "SECMON_WALKS" in os.environ:
        return (random.randrange(10**9) for _ in range(int(os.environ["SECMON_WALKS"])))
    return iter(range(WALKS))


@dataclass
class Walked:
    """All walks on one database: the seeds by which rules were broken, and what was tried and done."""

    broken: dict[Rule, int] = field(default_factory=dict)
    tried: Counter[Rule] = field(default_factory=Counter)
    done: Counter[str] = field(default_factory=Counter)

    def take(self, service: Service) -> None:
        with site_of(service) as site:
            for seed in seeds():
                world = walk(site, drawn(seed))
                self.tried += world.tried
                self.done += world.done
                for complaint in world.complaints:
                    self.broken.setdefault(complaint.rule, seed)


@pytest.fixture(scope="session")
def _walked() -> dict[str, Walked]:
    return {}


@pytest.fixture
def walked(service: Service, _walked: dict[str, Walked]) -> Walked:
    """Walked once a database, and judged by each test for one rule."""
    database = service.settings.database_url
    if database not in _walked:
        _walked[database] = Walked()
        _walked[database].take(service)
    return _walked[database]


@pytest.mark.parametrize("rule", Rule)
def test_no_disorder_breaks(service: Service, walked: Walked, rule: Rule) -> None:
    if rule in walked.broken:
        seed = walked.broken[rule]
        with site_of(service) as site:
            steps, world = shortest(site, drawn(seed), rule, seconds=SHRINKING_S)
        pytest.fail(f"{told(steps, world, rule)}\n\nseed {seed}", pytrace=False)
    assert walked.tried[rule], f"no walk came to where {rule} could be broken"
