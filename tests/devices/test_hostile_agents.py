"""Agents that were made to hurt."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from secmon.devices.traits import Traits
from secmon.devices.user_agents import LONGEST_READ, UserAgentReader
from tests.devices import agents

READER = UserAgentReader()

BOMBS = [
    "a" * 4096,
    "(" * 4096,
    "Mozilla/5.0 (" + "((((;" * 816,
    "Android" * 585,
    "Mozilla/5.0 (Linux; Android 1; " + "a; " * 1350,
    "Mozilla/5.0 (Linux; Android " + "1" * 4068,
    "UWallet/" + "1." * 2044,
    "UWallet/5 (" + "Android;" * 510,
    "UWallet/5 (Android 14; " + "vivo " * 814,
    "HarmonyOS " * 409,
    "MicroMessenger/" * 273,
    "A" * 39 + "/" + "0" * 4056,
    "\0" * 4096,
    "中" * 4096,
    "\ud800" * 4096,
]


@pytest.mark.parametrize("bomb", BOMBS, ids=lambda bomb: ascii(bomb[:12]))
def test_A42_a_bomb_in_the_agent_is_read_in_under_5_ms(bomb: str) -> None:
    best = min(_seconds(bomb) for _ in range(5))
    assert best < 0.005


def test_A42_only_the_beginning_of_an_agent_is_read() -> None:
    honest = agents.wechat_android("8.0.47.2560", "Android 13; 2201123C Build/T").ljust(LONGEST_READ)
    assert READER.read(honest + " AlipayClient/10.5" * 200) == READER.read(honest)


@given(st.text(st.characters(), max_size=4096))
def test_any_text_is_read_the_same_twice_without_an_error(text: str) -> None:
    assert UserAgentReader(cache_size=1).read(text) == READER.read(text)


TOKENS = st.sampled_from(
    [
        "UWallet",
        "/",
        "5.12",
        "(",
        ")",
        ";",
        " ",
        "Android",
        "iOS",
        "HarmonyOS",
        "K",
        "MicroMessenger",
        "²",
        "\0",
        "Build/",
    ]
)


@given(st.lists(TOKENS | st.text(max_size=4), max_size=40).map("".join))
def test_broken_agents_are_read_into_plain_traits(text: str) -> None:
    traits = READER.read(text)
    assert Traits.from_json(traits.to_json()) == traits
    said = f"{traits.brand}{traits.model}{traits.client}"
    assert said.isprintable()
    assert all(number < 1_000_000_000 for number in traits.system_version + traits.client_version)


def _seconds(user_agent: str) -> float:
    reader = UserAgentReader()
    # This thread's own, however busy the machine is.
    start = time.thread_time()
    reader.read(user_agent)
    return time.thread_time() - start
