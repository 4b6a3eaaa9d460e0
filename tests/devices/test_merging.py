"""What is kept of a device that several logins have shown: the newest, and never less."""

from hypothesis import given
from hypothesis import strategies as st

from secmon.devices.merging import merged
from secmon.devices.recognition import KnownDevice, recognise
from secmon.devices.traits import Traits
from secmon.devices.user_agents import UserAgentReader
from secmon.risk.recognition import Recognition
from tests.devices import agents
from tests.devices.pairs import PAIRS

READER = UserAgentReader()
PHONE = READER.read(agents.app("5.12.0", "Android 14", agents.XIAOMI))
OTHER_PHONE = READER.read(agents.app("5.12.0", "Android 14", "OPPO PEGM00"))

VERSIONS = st.sampled_from(["5", "5.0.1", "10", "12", "14", "15.2", "126.0.6478.54"])
MODELS = st.sampled_from(
    ["2201123C", "ALN-AL00", "Xiaomi 2201123C", "HUAWEI ALN-AL00", "iPhone15,2", "iPad13,4", "K", ""]
)
SYSTEMS = st.builds(
    "{} {}".format, st.sampled_from(["Android", "iOS", "iPadOS", "HarmonyOS", "macOS"]), VERSIONS
)
AGENTS = (
    st.sampled_from([pair.now.user_agent for pair in PAIRS])
    | st.builds(agents.app, VERSIONS, SYSTEMS, MODELS)
    | st.builds(agents.app_web_view, VERSIONS, VERSIONS, MODELS, VERSIONS)
    | st.builds(agents.cfnetwork, VERSIONS, st.sampled_from(["22.1.0", "23.5.0", "24.0.0"]))
    | st.builds(agents.chrome_android, VERSIONS, st.builds("Android {}; {}".format, VERSIONS, MODELS))
    | st.builds(agents.huawei_browser, VERSIONS, st.just("Android 12; HarmonyOS"), MODELS)
    | st.builds(agents.arkweb, VERSIONS)
    | st.builds(agents.safari_iphone, VERSIONS, VERSIONS)
    | st.builds(agents.safari_ipad, VERSIONS, VERSIONS)
    | st.builds(agents.safari_mac, VERSIONS)
)
ANY = AGENTS.map(READER.read)
IDS = st.sampled_from([None, "ins-1", "ins-2"])
DEVICES = st.lists(st.tuples(IDS, ANY), max_size=6).map(
    lambda pairs: [KnownDevice(f"key-{n}", device_id, traits) for n, (device_id, traits) in enumerate(pairs)]
)


@given(ANY, ANY)
def test_what_is_stored_never_grows_older_or_loses_a_name(known: Traits, seen: Traits) -> None:
    if recognise(seen, "ins-1", [KnownDevice("key", "ins-1", known)]).device_key and not known.automation:
        kept = merged(known, seen)
        assert kept.system is not known.system or kept.system_version >= known.system_version
        assert kept.client != known.client or kept.client_version >= known.client_version
        assert kept.model == known.model or known.model is None
        assert kept.automation == known.automation


def test_gaps_are_filled_from_what_was_seen() -> None:
    vague = READER.read(agents.cfnetwork("512", "23.5.0"))
    exact = READER.read(agents.app("5.12.0", "iOS 17.5.1", agents.IPHONE_14_PRO))
    assert merged(vague, exact) == exact
    assert merged(exact, vague) == exact


def test_the_maker_is_filled_in_once_it_is_told() -> None:
    page = READER.read(agents.app_web_view("5.12.0", "14", "2201123C"))
    assert merged(page, PHONE) == PHONE


def test_once_the_app_names_itself_its_bare_library_is_a_stranger() -> None:
    bare = READER.read("okhttp/4.12.0")
    learnt = merged(bare, PHONE)
    assert learnt == PHONE
    assert (
        recognise(bare, "ins-1", [KnownDevice("key", "ins-1", learnt)]).recognition is Recognition.MISMATCHED
    )


@given(ANY, ANY, ANY)
def test_traits_are_merged_the_same_in_whatever_order_and_however_often(
    one: Traits, two: Traits, three: Traits
) -> None:
    assert merged(one, two) == merged(two, one)
    assert merged(merged(one, two), three) == merged(one, merged(two, three))
    assert merged(one, one) == one
