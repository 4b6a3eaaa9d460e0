"""What is kept of a device that several logins have shown: the newest, and never less."""

from hypothesis import given

from secmon.devices.recognition import KnownDevice, recognise
from secmon.devices.traits import Traits, merged
from secmon.risk.login import Recognition
from tests.devices import agents
from tests.devices.strategies import ANY, PHONE, READER


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
