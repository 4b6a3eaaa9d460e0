"""Each signal of the table: when it speaks, and when it must not."""

from datetime import timedelta
from typing import Any

import pytest
from msgspec.structs import replace

from secmon.risk.login import Recognition, Tallies
from secmon.risk.policy import Policy
from secmon.risk.population import Population
from secmon.risk.profile import Profile
from secmon.risk.shipped import DEFAULT_POLICY
from tests.risk.factories import IN_LAGOS, NOW, habits, login, signals

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"recognition": Recognition.NEW}, "new_device"),
        (
            {"recognition": Recognition.NEW, "new_install_of_known_model": True},
            "new_install_of_known_model",
        ),
        ({"recognition": Recognition.MISMATCHED}, "mismatched_device"),
        ({"asn": 9808}, "new_network"),
        ({"asn": None, "network": "192.0.2.0/24"}, "new_network"),
        ({"country": "NG"}, "new_country"),
        ({"anonymizer": True}, "anonymizer"),
        ({"hosting": True}, "hosting_network"),
        ({"automation": True}, "automation"),
        ({"occurred_at": NOW - 10 * HOUR}, "unusual_hour"),
        ({"occurred_at": NOW + 95 * DAY}, "dormant_account"),
        ({"trusted_device": True}, "trusted_device"),
        ({"amr": ("pwd", "otp")}, "proven_by_second_factor"),
    ],
)
def test_what_is_strange_is_named_and_what_is_usual_is_not(changes, code):
    assert code in signals(login(**changes), habits())
    assert code not in signals(login(), habits())


def test_a_known_or_updated_device_is_never_called_new():
    for recognition in (Recognition.FIRST, Recognition.KNOWN, Recognition.UPDATED):
        found = signals(login(recognition=recognition), habits())
        assert not {"new_device", "new_install_of_known_model", "mismatched_device"} & set(found)


def test_a_device_counts_as_trusted_only_on_the_same_handset():
    clone = login(recognition=Recognition.MISMATCHED, trusted_device=True)
    assert "trusted_device" not in signals(clone, habits())


def test_a_country_last_seen_long_ago_is_stale():
    profile = habits()
    profile.learn(login(occurred_at=NOW - 100 * DAY, **IN_LAGOS))
    assert signals(login(**IN_LAGOS), profile)["stale_country"].facts["days"] == 100
    profile.learn(login(occurred_at=NOW - 10 * DAY, **IN_LAGOS))
    assert "stale_country" not in signals(login(**IN_LAGOS), profile)


def test_a_network_is_rare_only_where_the_population_is_known():
    many = Population(counts={"asn": {"4134": 90_000, "37148": 10}}, totals={"asn": 100_000})
    few = Population(counts={"asn": {"4134": 90}}, totals={"asn": 100})
    assert "rare_network" in signals(login(**IN_LAGOS), habits(), population=many)
    assert "rare_network" not in signals(login(), habits(), population=many)
    assert "rare_network" not in signals(login(**IN_LAGOS), habits(), population=few)


def test_an_owner_who_often_uses_a_vpn_is_used_to_it():
    strange = signals(login(anonymizer=True), habits())["anonymizer"].weight
    usual = signals(login(anonymizer=True), habits(anonymizer=True))["anonymizer"].weight
    assert 0 < usual < strange / 5


def test_travel_is_judged_by_the_login_before():
    profile = habits()
    profile.learn(login(occurred_at=NOW - 40 * MINUTE))
    found = signals(login(recognition=Recognition.NEW, **IN_LAGOS), profile)["impossible_travel"]
    assert (found.facts["from"], found.facts["to"], found.facts["minutes"]) == ("Beijing", "Lagos", 40)
    assert found.facts["km"] == pytest.approx(11_400, abs=100)


def test_travel_is_judged_by_the_login_after_when_an_event_comes_late():
    profile = habits()
    profile.learn(login(occurred_at=NOW + 30 * MINUTE))
    found = signals(login(recognition=Recognition.NEW, **IN_LAGOS), profile)["impossible_travel"]
    assert (found.facts["from"], found.facts["to"]) == ("Lagos", "Beijing")


@pytest.mark.parametrize(
    "changes",
    [
        {"anonymizer": True},
        {"hosting": True},
        {"latitude": None},
        {"occurred_at": NOW + 20 * HOUR},
        {"accuracy_radius_km": 11_800},
        {"latitude": 39.2, "longitude": 117.2},
    ],
)
def test_travel_is_possible_with_time_nearness_imprecision_or_no_place(changes):
    profile = habits()
    profile.learn(login(occurred_at=NOW - 40 * MINUTE))
    assert "impossible_travel" not in signals(login(**IN_LAGOS | changes), profile)


@pytest.mark.parametrize(
    "vague",
    [
        {"accuracy_radius_km": 1000, "city": None, "region": None},
        {"accuracy_radius_km": 200},
        {"accuracy_radius_km": None, "city": None},
        {"accuracy_radius_km": 100, "city": None},
    ],
)
def test_a_place_that_is_a_whole_country_is_none_for_speed(vague):
    far, near = habits(), habits()
    far.learn(login(occurred_at=NOW - 15 * MINUTE, **vague))
    near.learn(login(occurred_at=NOW - 15 * MINUTE))
    assert "impossible_travel" not in signals(login(**IN_LAGOS | vague), near)
    there = {"asn": 37148, **IN_LAGOS}
    assert "impossible_travel" not in signals(
        login(**there), just(login(occurred_at=NOW - 15 * MINUTE, **vague))
    )


def test_a_country_that_an_earlier_release_stored_as_a_place_is_none():
    profile = habits()
    profile.logins = {"33.8,113.5,1000,CN": [int((NOW - 15 * MINUTE).timestamp())]}
    assert "impossible_travel" not in signals(login(**IN_LAGOS), profile)


def test_an_exact_place_without_a_city_is_one():
    """As a phone's own position is."""
    exact = {**IN_LAGOS, "city": None, "accuracy_radius_km": 1.0}
    profile = habits()
    profile.learn(login(occurred_at=NOW - 15 * MINUTE))
    facts = signals(login(**exact), profile)["impossible_travel"].facts
    assert facts["to"] == "NG"


def test_a_file_that_moves_an_address_moves_nobody():
    profile = habits(network="203.0.113.0/24")
    profile.learn(login(occurred_at=NOW - 15 * MINUTE, network="203.0.113.0/24"))
    moved = {**IN_LAGOS, "network": "203.0.113.0/24"}
    assert "impossible_travel" not in signals(login(**moved), profile)
    assert "impossible_travel" in signals(login(**IN_LAGOS | {"network": "198.51.100.0/24"}), profile)


def just(one):
    profile = Profile()
    profile.learn(one)
    return profile


def wrong_passwords(times, ago=5 * MINUTE, networks=1):
    profile = habits()
    for number in range(times):
        at, network = NOW - ago - timedelta(seconds=number), f"198.51.{number % networks}.0/24"
        profile.note_failure(login(occurred_at=at, success=False, wrong_password=True, network=network))
    return profile


def test_three_wrong_passwords_shortly_before_a_right_one():
    assert signals(login(), wrong_passwords(3))["failures_before_success"].facts["failures"] == 3
    assert "failures_before_success" not in signals(login(), wrong_passwords(2))
    assert "failures_before_success" not in signals(login(), wrong_passwords(3, ago=16 * MINUTE))
    assert "failures_before_success" not in signals(login(), wrong_passwords(3, ago=-5 * MINUTE))
    assert "failures_before_success" not in signals(login(success=False), wrong_passwords(3))


def test_failures_from_three_networks_within_an_hour():
    assert "account_under_attack" in signals(login(), wrong_passwords(3, networks=3))
    assert "account_under_attack" not in signals(login(), wrong_passwords(3, networks=2))
    assert "account_under_attack" not in signals(login(), wrong_passwords(3, ago=61 * MINUTE, networks=3))


def test_a_source_that_failed_on_five_other_accounts():
    for name in ("failed_accounts_by_ip", "failed_accounts_by_network", "failed_accounts_by_device"):
        assert "source_under_suspicion" in signals(login(), habits(), tallies=Tallies(**{name: 5}))
        assert "source_under_suspicion" not in signals(login(), habits(), tallies=Tallies(**{name: 4}))


def test_a_device_that_entered_five_accounts():
    assert "shared_device" in signals(login(), habits(), tallies=Tallies(accounts_on_device=5))
    assert "shared_device" not in signals(login(), habits(), tallies=Tallies(accounts_on_device=4))


@pytest.mark.parametrize(
    ("credential", "code"), [("password", "recent_recovery"), ("phone", "recent_phone_change")]
)
def test_changed_credentials_count_against_devices_not_known_before(credential, code):
    profile = habits()
    method = "recovery" if credential == "password" else "user"
    profile.note_credential_change(NOW - 3 * HOUR, credential, method)
    stranger = login(recognition=Recognition.NEW, device_key="ins-9")
    clone = login(recognition=Recognition.MISMATCHED)
    assert code in signals(stranger, profile)
    assert code in signals(clone, profile)
    assert code not in signals(login(), profile)
    assert code not in signals(replace(stranger, occurred_at=NOW + DAY), profile)
    assert code not in signals(replace(stranger, occurred_at=NOW - 4 * HOUR), profile)


def test_a_device_first_seen_after_the_recovery_stays_suspect():
    profile = habits()
    profile.note_credential_change(NOW - 3 * HOUR, "password", "recovery")
    profile.learn(login(occurred_at=NOW - 2 * HOUR, device_key="ins-9"))
    assert "recent_recovery" in signals(login(device_key="ins-9"), profile)


def test_after_a_recovery_a_browser_like_the_owners_is_suspect_where_the_owner_never_was():
    browser: dict[str, Any] = {
        "named_install": False,
        "device_key": "traits:1",
        "client": "Chrome",
        "model": None,
    }
    profile = habits(**browser)
    profile.note_credential_change(NOW - 3 * HOUR, "password", "recovery")
    stranger = signals(login(recognition=Recognition.NEW, device_key="traits:2"), profile)["recent_recovery"]
    elsewhere = signals(login(**browser | IN_LAGOS), profile)["recent_recovery"]
    assert elsewhere.weight == pytest.approx(stranger.weight / 2)
    assert "recent_recovery" not in signals(login(**browser), profile)


def test_a_password_changed_in_the_app_is_no_recovery():
    profile = habits()
    profile.note_credential_change(NOW - 3 * HOUR, "password", "user")
    assert "recent_recovery" not in signals(login(device_key="ins-9"), profile)


def test_a_code_sent_to_a_number_just_changed_proves_nothing():
    profile = habits()
    profile.note_credential_change(NOW - HOUR, "phone", "user")
    assert "proven_by_second_factor" not in signals(login(amr=("pwd", "sms")), profile)
    assert "proven_by_second_factor" in signals(login(amr=("pwd", "otp")), profile)


def test_a_failed_challenge_counts_for_a_day_against_its_device_and_network():
    profile = habits()
    profile.note_failed_challenge(login(occurred_at=NOW - HOUR, device_key="ins-9", **IN_LAGOS))
    same_device = signals(login(device_key="ins-9"), profile)["failed_challenge"]
    same_network = signals(login(device_key="ins-8", **IN_LAGOS), profile)["failed_challenge"]
    assert same_device.weight > same_network.weight > 0
    assert "failed_challenge" not in signals(login(), profile)
    assert "failed_challenge" not in signals(login(device_key="ins-9", occurred_at=NOW + DAY), profile)


def test_a_login_in_a_trusted_network_is_not_held_against_the_owner():
    policy = Policy.from_document(DEFAULT_POLICY.to_document() | {"trusted_networks": ["198.51.100.0/24"]})
    trusted = signals(login(anonymizer=True, **IN_LAGOS), habits(), policy=policy)
    assert not {"new_network", "anonymizer", "unusual_network", "unusual_place"} & set(trusted)


def test_a_watched_account_is_judged_more_strictly():
    policy = Policy.from_document(DEFAULT_POLICY.to_document() | {"watched_accounts": ["acct-1"]})
    assert signals(login(), habits(), policy=policy)["watched_account"].weight > 0
    assert "watched_account" not in signals(login(account_id="acct-2"), habits(), policy=policy)


def test_without_any_history_nothing_is_new():
    found = signals(login(recognition=Recognition.FIRST, **IN_LAGOS), Profile())
    assert not {"new_network", "new_country", "unusual_hour", "dormant_account"} & set(found)
