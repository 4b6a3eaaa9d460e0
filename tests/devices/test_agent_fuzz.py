"""Honest agents, spoilt: whatever becomes of one, it is read, named and compared within bounds."""

from __future__ import annotations

from dataclasses import dataclass

from hypothesis import given, settings
from hypothesis import strategies as st

from secmon.devices.labels import LONGEST_LABEL, label
from secmon.devices.recognition import KnownDevice, derived_key, recognise
from secmon.devices.traits import Traits, merged
from secmon.devices.user_agents import UserAgentReader
from tests.devices import agents

READER = UserAgentReader()
# An account may have many devices: what is kept of each stays a few hundred bytes.
LONGEST_NAME = 64
LONGEST_STORED = 512
LONGEST_KEY = 64

HONEST = (
    agents.app("5.12.0", "Android 14", agents.XIAOMI),
    agents.app("5.12.0", "iOS 17.5.1", agents.IPHONE_14_PRO),
    agents.app("5.12.0", "HarmonyOS NEXT 5.0", agents.HUAWEI),
    agents.app_web_view("5.12.0", "14", "2201123C"),
    agents.cfnetwork("512", "23.4.0"),
    agents.chrome_android("112.0.0.0", "Android 13; SM-S918B"),
    agents.edge("126.0.0.0", agents.WINDOWS),
    agents.firefox_android("126.0", "14"),
    agents.safari_ipad("17_5", "17.5"),
    agents.safari_mac("17.5"),
    agents.wechat_android("8.0.47.2560", "Android 13; 2201123C Build/T"),
    agents.alipay_ios("10.5.36.6000", "16_6"),
    agents.huawei_browser("14.0.2.311", "Android 12", "ALN-AL00"),
    agents.arkweb("5.0", " MicroMessenger/8.0"),
    "curl/8.4.0",
    # Not honest, but each of its names is as long as is read.
    f"{'A' * 40}/5 (Linux; Android 13; {'B' * 48})",
)
PIECES = st.sampled_from(
    [
        *(
            "",
            " ",
            "\0",
            "\n",
            "\ud800",
            "\u202e",
            "\ufeff",
            "²",
            "٣",
            "５",
            "İ",
            "ß",
            "\U0001f43c",
            "中" * 60,
        ),
        *("(", ")", "((((", ";", "; ;", "/", "//", ".", "_", "9" * 400, "1." * 200, "0", "-1", "null", "{}"),
        *(" Build/", " like Mac OS X", "Android ", "Android 99999999999", "iPhone OS ", "HarmonyOS ", "; wv"),
        *(
            "UWallet/",
            "uwallet/5.12",
            "Mobile",
            "Headless",
            "compatible; bot",
            "K",
            "<script>",
            "' OR 1=1 --",
        ),
    ]
)


@dataclass(frozen=True)
class Spoiling:
    """Between two places of the agent, as shares of its length, stands `piece`, `times` over."""

    start: float
    end: float
    piece: str
    times: int

    def done_to(self, agent: str) -> str:
        start, end = sorted((int(self.start * len(agent)), int(self.end * len(agent))))
        return agent[:start] + self.piece * self.times + agent[end:]


SHARE = st.floats(0, 1)
SPOILING = st.builds(Spoiling, SHARE, SHARE, PIECES | st.text(max_size=6), st.sampled_from([1, 1, 2, 50]))


@st.composite
def spoilt(draw: st.DrawFn) -> str:
    """An honest agent to which something happened; overlapped by another, now and then."""
    agent = draw(st.sampled_from(HONEST)) + draw(st.sampled_from(["", "", *HONEST]))
    for spoiling in draw(st.lists(SPOILING, max_size=4)):
        agent = spoiling.done_to(agent)
    return agent


THOROUGH = settings(max_examples=400, derandomize=True, deadline=None)


@THOROUGH
@given(agent=spoilt())
def test_a_spoilt_agent_is_read_into_bounded_traits(agent: str) -> None:
    traits = READER.read(agent)
    assert UserAgentReader(cache_size=1).read(agent) == traits
    assert Traits.from_json(traits.to_json()) == traits
    names = [name for name in (traits.brand, traits.model, traits.client) if name is not None]
    assert all(0 < len(name) <= LONGEST_NAME and name.isprintable() for name in names)
    assert all(0 <= number < 10**9 for number in traits.system_version + traits.client_version)
    assert len(traits.to_json()) <= LONGEST_STORED
    assert len(derived_key(traits)) <= LONGEST_KEY


@THOROUGH
@given(agent=spoilt(), locale=st.sampled_from(["en", "zh-CN"]))
def test_a_spoilt_agent_has_a_label_that_fits(agent: str, locale: str) -> None:
    shown = label(READER.read(agent), locale)
    assert 0 < len(shown) <= LONGEST_LABEL
    assert shown.isprintable()


@THOROUGH
@given(agents_seen=st.lists(spoilt(), min_size=2, max_size=5), names_install=st.booleans())
def test_spoilt_agents_are_compared_without_an_error(agents_seen: list[str], names_install: bool) -> None:
    """And what is kept of a device that is seen again and again neither grows nor flips."""
    install = "ins-1" if names_install else None
    known: list[KnownDevice] = []
    for traits in map(READER.read, agents_seen):
        recognised = recognise(traits, install, known)
        if recognised.device_key is None:
            known.append(KnownDevice(derived_key(traits, {one.device_key for one in known}), install, traits))
            continue
        place = [one.device_key for one in known].index(recognised.device_key)
        before, together = known[place].traits, merged(known[place].traits, traits)
        assert len(together.to_json()) <= LONGEST_STORED
        assert merged(together, traits) == together
        assert together.client != before.client or together.client_version >= before.client_version
        assert together.system is not before.system or together.system_version >= before.system_version
        known[place] = KnownDevice(recognised.device_key, install, together)
    assert len({one.device_key for one in known}) == len(known)
