import json
from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from secmon.risk.counts import VALUES_PER_LEVEL, add, last_seen
from secmon.risk.profile import Profile
from tests.risk.factories import IN_LAGOS, NOW, habits, login, signals
from tests.risk.strategies import learnt, logins


@given(
    st.lists(logins, max_size=70, unique_by=lambda one: (one.ip, one.occurred_at)).flatmap(
        lambda those: st.tuples(st.just(those), st.permutations(those))
    )
)
@settings(max_examples=60, deadline=None)
def test_the_same_logins_leave_the_same_profile_in_whatever_order(orders):
    in_order, shuffled = orders
    assert learnt(in_order) == learnt(shuffled)


@given(
    st.lists(st.tuples(st.integers(0, 90), st.integers(0, 10**6)), max_size=200).flatmap(
        lambda seen: st.tuples(st.just(seen), st.permutations(seen))
    )
)
@settings(max_examples=60, deadline=None)
def test_beyond_the_bound_the_latest_values_stay_in_whatever_order(orders):
    kept = []
    for order in orders:
        counts: dict[str, int] = {}
        for value, seconds in order:
            add(counts, str(value), 1_790_000_000 + seconds)
        assert len(counts) <= VALUES_PER_LEVEL
        kept.append({value: last_seen(packed) for value, packed in counts.items()})
    assert kept[0] == kept[1]


@given(
    st.lists(st.tuples(st.integers(0, 150), st.integers(0, 10**6)), min_size=70, max_size=200).flatmap(
        lambda seen: st.tuples(st.just(seen), st.permutations(seen))
    )
)
@settings(max_examples=30, deadline=None)
def test_beyond_the_bound_only_the_counts_of_values_that_came_back_depend_on_order(orders):
    """See docs/adr/0009: everything else of the profile is exact, however many values there were."""
    kept = []
    for order in orders:
        profile = learnt(
            login(ip=f"203.0.113.{host}", device_key=f"ins-{host}", occurred_at=NOW - timedelta(seconds=ago))
            for host, ago in order
        )
        document = json.loads(profile.encode())
        document["c"] = {
            level: {value: last_seen(packed) for value, packed in counts.items()}
            for level, counts in document["c"].items()
        }
        # When a device was first seen goes with its count.
        document["d"] = sorted(document["d"])
        kept.append(document)
    assert kept[0] == kept[1]


@given(
    st.lists(st.tuples(st.integers(0, 9), st.integers(0, 60)), max_size=120).flatmap(
        lambda failures: st.tuples(st.just(failures), st.permutations(failures))
    )
)
@settings(max_examples=60, deadline=None)
def test_failures_are_kept_the_same_in_whatever_order(orders):
    profiles = []
    for order in orders:
        profile = Profile()
        for network, seconds in order:
            at = NOW - timedelta(seconds=seconds)
            profile.note_failure(login(occurred_at=at, success=False, network=f"198.51.{network}.0/24"))
        profiles.append(profile)
    assert profiles[0] == profiles[1]


def test_what_is_stored_reads_back_the_same():
    profile = habits(50)
    profile.note_failure(login(success=False, wrong_password=True))
    profile.note_failed_challenge(login(**IN_LAGOS))
    profile.note_credential_change(NOW, "password", "recovery")
    profile.note_not_me(login(device_key="ins-9", **IN_LAGOS))
    assert Profile.decode(profile.encode()) == profile


def test_a_profile_of_another_format_is_refused():
    stored = json.loads(Profile().encode()) | {"v": 99}
    with pytest.raises(ValueError, match="format 99"):
        Profile.decode(json.dumps(stored))


def test_a_profile_stays_a_few_kilobytes_however_much_happens():
    profile = Profile()
    for number in range(3000):
        at = NOW - timedelta(hours=number)
        ip, network = (
            f"203.{number % 90}.{number % 250}.{number % 200}",
            f"203.{number % 90}.{number % 250}.0/24",
        )
        profile.learn(login(occurred_at=at, ip=ip, network=network, device_key=f"ins-{number}"))
        profile.note_failure(login(occurred_at=at, success=False, network=network))
    assert len(profile.encode()) < 16_000


def test_an_attackers_failures_push_nothing_of_the_owner_out():
    profile = habits()
    before = signals(login(), profile)
    for number in range(2000):
        at = NOW - timedelta(days=3, seconds=number)
        profile.note_failure(login(occurred_at=at, success=False, network=f"198.51.{number % 250}.0/24"))
    assert signals(login(), profile) == before


def test_one_loud_source_of_failures_hides_no_other():
    profile = Profile()
    for network in (1, 2):
        at = NOW - timedelta(minutes=30)
        profile.note_failure(login(occurred_at=at, success=False, network=f"192.0.{network}.0/24"))
    for number in range(1000):
        at = NOW - timedelta(seconds=number)
        profile.note_failure(login(occurred_at=at, success=False, network="198.51.100.0/24"))
    assert "account_under_attack" in signals(login(), profile)
