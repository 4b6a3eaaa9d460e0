"""The attacks of stale, repeated and re-ordered requests, each written down (A46 to A68)."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.replays.stories import SETTLED, STORIES
from tests.replays.stories_of_people import STORIES_OF_PEOPLE
from tests.replays.walking import told, walk
from tests.replays.world import Site, site_of
from tests.service import Service

ATTACKS = {**STORIES, **STORIES_OF_PEOPLE}


@pytest.fixture
def site(service: Service) -> Iterator[Site]:
    with site_of(service) as site:
        yield site


@pytest.mark.parametrize("attack", ATTACKS)
def test_the_story_ends_well(site: Site, attack: str) -> None:
    rule, steps = ATTACKS[attack]
    world = walk(site, [*SETTLED, *steps])
    assert not any(one.rule is rule for one in world.complaints), told(steps, world, rule)
    assert world.tried[rule], told(steps, world, rule)
