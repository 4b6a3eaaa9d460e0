"""One login among the devices of its account."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given

from secmon.devices.recognition import KnownDevice, Recognised, derived_key, recognise
from secmon.devices.traits import Traits, merged
from secmon.risk.login import Recognition
from tests.devices import agents
from tests.devices.pairs import PAIRS
from tests.devices.pairs.pair import Pair
from tests.devices.strategies import ANY, DEVICES, IDS, OTHER_PHONE, PHONE, READER


def test_the_accounts_first_device_is_first() -> None:
    assert recognise(PHONE, "ins-1", []) == Recognised(Recognition.FIRST)


def test_a_mismatch_names_no_device_to_write_to() -> None:
    known = [KnownDevice("ins-1", "ins-1", PHONE)]
    assert recognise(OTHER_PHONE, "ins-1", known) == Recognised(Recognition.MISMATCHED, device_key=None)


def test_a_phone_that_was_migrated_to_is_known_beside_the_old_one() -> None:
    known = [KnownDevice("old", "ins-1", PHONE), KnownDevice("new", "ins-1", OTHER_PHONE)]
    assert recognise(OTHER_PHONE, "ins-1", known) == Recognised(Recognition.KNOWN, "new")
    assert recognise(PHONE, "ins-1", known) == Recognised(Recognition.KNOWN, "old")


def test_an_install_is_never_taken_for_a_browser() -> None:
    chrome = READER.read(agents.chrome_computer("126.0.0.0", agents.WINDOWS))
    assert recognise(chrome, None, [KnownDevice("web", "web-1", chrome)]).recognition is Recognition.NEW


def test_of_two_browsers_the_newest_that_is_no_newer_is_meant() -> None:
    home, office = (
        READER.read(agents.chrome_computer(f"{major}.0.0.0", agents.WINDOWS)) for major in (126, 120)
    )
    known = [KnownDevice("home", None, home), KnownDevice("office", None, office)]
    assert recognise(office, None, known) == Recognised(Recognition.KNOWN, "office")
    assert recognise(home, None, known) == Recognised(Recognition.KNOWN, "home")
    between = READER.read(agents.chrome_computer("121.0.0.0", agents.WINDOWS))
    assert recognise(between, None, known) == Recognised(Recognition.UPDATED, "office")


def test_of_two_browsers_the_named_model_is_meant() -> None:
    reduced = READER.read(agents.chrome_android("126.0.0.0"))
    named = READER.read(agents.chrome_android("109.0.0.0", "Android 13; SM-S918B"))
    seen = READER.read(agents.chrome_android("126.0.0.0", "Android 13; SM-S918B"))
    known = [KnownDevice("reduced", None, reduced), KnownDevice("named", None, named)]
    assert recognise(seen, None, known) == Recognised(Recognition.UPDATED, "named")


def test_a_late_event_goes_to_the_named_model() -> None:
    reduced = READER.read(agents.chrome_android("126.0.0.0"))
    updated = READER.read(agents.chrome_android("126.0.0.0", "Android 8.1.0; PEGM00"))
    late = READER.read(agents.chrome_android("126.0.0.0", "Android 8.0.0; PEGM00"))
    known = [KnownDevice("reduced", None, reduced), KnownDevice("named", None, updated)]
    assert recognise(late, None, known) == Recognised(Recognition.KNOWN, "named")


@pytest.mark.parametrize(
    ("older", "newer", "between"),
    [
        (
            agents.wechat_ios("8.0.48", "17_4"),
            agents.wechat_ios("8.0.48", "17_6"),
            agents.wechat_ios("8.0.48", "17_5"),
        ),
        (
            agents.wechat_ios("8.0.46", "17_4"),
            agents.wechat_ios("8.0.48", "17_4"),
            agents.wechat_ios("8.0.47", "17_4"),
        ),
    ],
    ids=["system", "client"],
)
def test_what_lies_between_two_is_the_older_one_updated(older: str, newer: str, between: str) -> None:
    known = [KnownDevice("newer", None, READER.read(newer)), KnownDevice("older", None, READER.read(older))]
    assert recognise(READER.read(between), None, known) == Recognised(Recognition.UPDATED, "older")


def test_of_two_that_are_alike_the_first_is_meant() -> None:
    safari = READER.read(agents.safari_iphone("17_5", "17.5"))
    known = [KnownDevice("one", None, safari), KnownDevice("two", None, safari)]
    assert recognise(safari, None, known).device_key == "one"


@pytest.mark.parametrize("pair", PAIRS, ids=lambda pair: pair.why)
def test_a_recognised_login_is_known_once_it_was_learnt(pair: Pair) -> None:
    before, now = READER.read(pair.before.user_agent), READER.read(pair.now.user_agent)
    if pair.expected not in (Recognition.KNOWN, Recognition.UPDATED):
        before = now
    learnt = [KnownDevice("key", pair.now.device_id, merged(before, now))]
    assert recognise(now, pair.now.device_id, learnt) == Recognised(Recognition.KNOWN, "key")


@given(ANY, IDS, DEVICES)
def test_every_login_is_recognised_the_same_twice(
    seen: Traits, device_id: str | None, known: list[KnownDevice]
) -> None:
    recognised = recognise(seen, device_id, known)
    assert recognise(seen, device_id, known) == recognised
    matched = [device for device in known if device.device_key == recognised.device_key]
    assert len(matched) == (recognised.recognition in (Recognition.KNOWN, Recognition.UPDATED))
    assert all(device.device_id == device_id for device in matched)
    assert (recognised.recognition is Recognition.FIRST) == (not known)


@given(ANY, IDS)
def test_the_same_login_again_is_known(traits: Traits, device_id: str | None) -> None:
    assert (
        recognise(traits, device_id, [KnownDevice("key", device_id, traits)]).recognition is Recognition.KNOWN
    )


@given(ANY, IDS, DEVICES)
def test_what_was_updated_is_known_next_time(
    seen: Traits, device_id: str | None, known: list[KnownDevice]
) -> None:
    recognised = recognise(seen, device_id, known)
    for device in known:
        if device.device_key == recognised.device_key:
            learnt = KnownDevice("key", device_id, merged(device.traits, seen))
            assert recognise(seen, device_id, [learnt]) == Recognised(Recognition.KNOWN, "key")


@pytest.mark.parametrize(
    ("late", "known"),
    [
        (agents.app("5.2", "Android 13", agents.XIAOMI), agents.app("5.12", "Android 14", agents.XIAOMI)),
        (agents.app("5.2", "Android 12", agents.HUAWEI), agents.app("5.12", "HarmonyOS 5.0", agents.HUAWEI)),
    ],
    ids=["older system", "before it moved to another"],
)
def test_F07_an_older_version_contradicts_nothing_in_an_event_from_before(late: str, known: str) -> None:
    at = datetime(2026, 11, 1, tzinfo=UTC)
    device = KnownDevice("key", "ins-1", READER.read(known), at)
    before, after = (
        recognise(READER.read(late), "ins-1", [device], at + timedelta(hours=hours)) for hours in (-1, 1)
    )
    assert (before, after.recognition) == (Recognised(Recognition.KNOWN, "key"), Recognition.MISMATCHED)
    assert device.after(READER.read(late), at - timedelta(hours=1)) == device


def test_F07_an_older_browser_in_an_event_from_before_is_the_known_one() -> None:
    at = datetime(2026, 11, 1, tzinfo=UTC)
    old, new = (READER.read(agents.chrome_computer(f"{major}.0.0.0", agents.WINDOWS)) for major in (120, 126))
    device = KnownDevice("key", None, new, at)
    assert recognise(old, None, [device], at - timedelta(hours=1)) == Recognised(Recognition.KNOWN, "key")
    assert recognise(old, None, [device], at + timedelta(hours=1)).recognition is Recognition.NEW


def test_harmonyos_stays_when_a_page_says_android() -> None:
    phone = READER.read(agents.app("5.2", "HarmonyOS 4.2", agents.HUAWEI))
    assert merged(phone, READER.read(agents.app_web_view("5.2", "12", "ALN-AL00"))) == phone


def test_a_key_is_the_same_after_every_update() -> None:
    before = READER.read(agents.chrome_android("109.0.0.0", "Android 13; SM-S918B"))
    after = READER.read(agents.chrome_android("112.0.0.0", "Android 14; SM-S918B"))
    assert derived_key(before) == derived_key(after)
    assert derived_key(before) != derived_key(
        READER.read(agents.chrome_android("109.0.0.0", "Android 13; PEGM00"))
    )


def test_a_taken_key_is_given_to_nobody_else() -> None:
    first = derived_key(PHONE)
    second = derived_key(PHONE, {first})
    third = derived_key(PHONE, {first, second})
    assert len({first, second, third}) == 3


def test_a_copied_install_and_a_device_that_names_none_share_no_key() -> None:
    assert derived_key(PHONE, device_id="ins-1") != derived_key(PHONE)
    assert derived_key(PHONE, device_id="ins-1") != derived_key(PHONE, device_id="ins-2")


@given(ANY)
def test_a_key_is_an_identifier(traits: Traits) -> None:
    key = derived_key(traits)
    assert len(key) <= 60
    assert all(character.isascii() and (character.isalnum() or character in "._:-") for character in key)
