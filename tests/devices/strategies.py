"""Devices of all kinds, as agents describe them, for properties that hold of any."""

from hypothesis import strategies as st

from secmon.devices.recognition import KnownDevice
from secmon.devices.user_agents import UserAgentReader
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
