"""What was learnt can be taken back, and what the owner denied stays marked."""

import json
from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from secmon.risk.counts import faded_count
from secmon.risk.levels import Level
from secmon.risk.login import Recognition
from secmon.risk.profile import Profile
from secmon.risk.recent import mark_of
from secmon.risk.signals import Signal, SignalCode
from tests.risk.factories import IN_LAGOS, NOW, habits, login, signals
from tests.risk.strategies import learnt, logins


def of_owner_and_stranger(those, strangers):
    """What is left of both once the stranger's are taken back, and what the owner's alone would have left."""
    profile = learnt([*those, *strangers])
    for one in strangers:
        profile.take_back(one)
    return profile, learnt(those)


def without_last_seen(profile):
    document = json.loads(profile.encode())
    document["c"] = {
        level: {value: faded_count(packed) for value, packed in counts.items()}
        for level, counts in document["c"].items()
    }
    return document


@given(st.lists(logins, max_size=20), st.lists(logins, max_size=20))
@settings(max_examples=60, deadline=None)
def test_what_is_taken_back_was_never_learnt(those, strangers):
    left, of_owner = of_owner_and_stranger(those, [replace(one, device_key="ins-9") for one in strangers])
    assert without_last_seen(left) == without_last_seen(of_owner)


def test_what_owner_and_stranger_shared_stays_the_owners():
    strangers = [login(device_key="ins-9", occurred_at=NOW - timedelta(hours=hour)) for hour in range(9)]
    left, of_owner = of_owner_and_stranger([login(occurred_at=NOW - timedelta(days=9))], strangers)
    assert left.is_empty is False
    assert without_last_seen(left) == without_last_seen(of_owner)


def test_a_device_that_is_forgotten_leaves_no_trace_as_a_device():
    profile = habits(20)
    for hour in range(5):
        profile.learn(login(device_key="ins-2", model="PHM110", occurred_at=NOW - timedelta(hours=hour)))
    profile.forget_device(login(device_key="ins-2", model="PHM110"))
    before = habits(20)
    for level in (Level.DEVICE, Level.MODEL, Level.SYSTEM, Level.DEVICE_CLASS):
        assert profile.totals[level] == before.totals[level]
        assert {value: faded_count(packed) for value, packed in profile.counts[level].items()} == {
            value: faded_count(packed) for value, packed in before.counts[level].items()
        }
    assert profile.first_seen == before.first_seen


def test_the_only_device_once_forgotten_is_new_and_speaks_for_nobody():
    profile = habits()
    profile.note_credential_change(NOW - timedelta(hours=1), "password", "recovery")
    again = login(recognition=Recognition.NEW)
    profile.forget_device(login())
    found = signals(again, profile)
    assert found["new_device"].weight > 1.0
    assert "recent_recovery" in found
    assert "usual_device" not in found


def test_a_key_that_stands_in_the_profile_still_is_no_known_device():
    profile = habits()
    profile.note_credential_change(NOW - timedelta(hours=1), "password", "recovery")
    assert "recent_recovery" not in signals(login(), profile)
    assert "recent_recovery" in signals(login(recognition=Recognition.NEW), profile)


def test_not_me_marks_the_device_and_the_network():
    profile = habits()
    stranger = login(device_key="ins-9", recognition=Recognition.NEW, **IN_LAGOS)
    profile.learn(stranger)
    profile.take_back(stranger)
    profile.note_not_me(stranger)
    assert "ins-9" not in profile.counts[Level.DEVICE]
    assert stranger.network not in profile.counts[Level.PREFIX]
    assert stranger.ip not in profile.counts[Level.ADDRESS]
    assert "reported_by_owner" in signals(stranger, profile)
    nearby = replace(stranger, device_key="ins-8", ip="198.51.100.77")
    assert "reported_by_owner" in signals(nearby, profile)
    assert "impossible_travel" not in signals(login(occurred_at=NOW + timedelta(minutes=5)), profile)


def test_in_the_owners_own_network_a_report_is_of_the_address_and_never_of_the_owners():
    profile = habits()
    profile.note_not_me(login(device_key="ins-9", ip="203.0.113.99"))
    assert "reported_by_owner" not in signals(login(), profile)
    assert "reported_by_owner" not in signals(login(ip="203.0.113.50"), profile)
    assert "reported_by_owner" in signals(login(ip="203.0.113.99"), profile)
    profile.learn(login(ip="203.0.113.99"))
    assert "reported_by_owner" not in signals(login(ip="203.0.113.99"), profile)
    assert "reported_by_owner" in signals(login(ip="203.0.113.99", device_key="ins-9"), profile)


def test_a_report_fades_and_is_forgotten_after_half_a_year():
    profile = habits()
    profile.note_not_me(login(device_key="ins-9", **IN_LAGOS))
    weights = [
        signals(login(device_key="ins-9", occurred_at=NOW + timedelta(days=days)), profile)
        .get("reported_by_owner", Signal(SignalCode.REPORTED_BY_OWNER, 0.0))
        .weight
        for days in (-1, 0, 90, 181)
    ]
    assert weights == [weights[0], weights[0], pytest.approx(weights[0] / 2), 0.0]


def test_failures_within_one_second_count_each():
    profile = habits()
    for _ in range(3):
        profile.note_failure(login(success=False, wrong_password=True, occurred_at=NOW))
    found = signals(login(occurred_at=NOW + timedelta(seconds=1)), profile)
    assert found["failures_before_success"].facts == {"failures": 3}


def test_a_report_that_was_stored_without_an_address_is_read():
    profile = habits()
    profile.reported.append([1_790_000_000, mark_of("ins-9"), "198.51.100.0/24"])
    assert "reported_by_owner" in signals(login(**IN_LAGOS, recognition=Recognition.NEW), profile)


def test_a_profile_is_no_key():
    with pytest.raises(TypeError):
        hash(Profile())
