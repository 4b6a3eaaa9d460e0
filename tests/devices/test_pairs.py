"""The table of pairs, judged."""

import pytest

from secmon.devices.recognition import KnownDevice, recognise
from secmon.devices.user_agents import UserAgentReader
from tests.devices.pairs import PAIRS
from tests.devices.pairs.pair import Pair

READER = UserAgentReader()


@pytest.mark.parametrize("pair", PAIRS, ids=lambda pair: pair.why)
def test_a_pair_is_judged_as_an_owner_would(pair: Pair) -> None:
    known = KnownDevice("key-1", pair.before.device_id, READER.read(pair.before.user_agent))
    recognised = recognise(READER.read(pair.now.user_agent), pair.now.device_id, [known])
    assert recognised.recognition is pair.expected
    assert recognised.new_install_of_known_model is pair.reinstall


def test_the_table_is_long_and_says_nothing_twice() -> None:
    assert len(PAIRS) >= 120
    assert len({pair.why for pair in PAIRS}) == len(PAIRS)
    assert len({(pair.before, pair.now) for pair in PAIRS}) == len(PAIRS)
