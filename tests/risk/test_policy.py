import pytest

from secmon.risk.policy import Policy
from secmon.risk.policy_document import PolicyError
from secmon.risk.shipped import DEFAULT_POLICY
from secmon.risk.signals import SignalCode


def changed(**changes):
    return DEFAULT_POLICY.to_document() | changes


def test_a_document_reads_back_to_the_same_policy():
    assert Policy.from_document(DEFAULT_POLICY.to_document()) == DEFAULT_POLICY


def test_R43_biometrics_are_said_only_where_they_prove():
    """A process of the previous release reads no member that it does not know."""
    assert "server_side_biometrics" not in DEFAULT_POLICY.to_document()
    said = Policy.from_document(changed(server_side_biometrics=True))
    assert said.to_document()["server_side_biometrics"] is True
    assert Policy.from_document(said.to_document()) == said


def test_phone_codes_are_said_only_where_they_prove_nothing():
    assert "phone_codes" not in DEFAULT_POLICY.to_document()
    said = Policy.from_document(changed(phone_codes=False))
    assert said.to_document()["phone_codes"] is False
    assert Policy.from_document(said.to_document()) == said


def test_the_shipped_policy_weighs_every_signal_by_its_sign():
    for code, weight in DEFAULT_POLICY.signals.items():
        speaks_for_owner = code in (SignalCode.TRUSTED_DEVICE, SignalCode.PROVEN)
        assert weight < 0 if speaks_for_owner else weight > 0, code


def test_an_unmentioned_signal_is_switched_off():
    assert Policy.from_document(changed(signals={})).signals[SignalCode.NEW_DEVICE] == 0


@pytest.mark.parametrize(
    ("changes", "pointer"),
    [
        ({"signals": {"new_divice": 1.0}}, "/signals/new_divice"),
        ({"signals": {"new_device": "high"}}, "/signals/new_device"),
        ({"signals": {"new_device": True}}, "/signals/new_device"),
        ({"signals": {"new_device": float("nan")}}, "/signals/new_device"),
        ({"signals": {"new_device": 51}}, "/signals/new_device"),
        ({"signals": []}, "/signals"),
        ({"features": {"colour": 1}}, "/features/colour"),
        ({"challenge_at": 0.9, "deny_at": 0.8}, "/challenge_at"),
        ({"challenge_at": 1.5}, "/challenge_at"),
        ({"freeze_at": 0.1}, "/freeze_at"),
        ({"limits": {"failures_before_success": 5}}, "/limits/failures_before_success"),
        ({"limits": {"attacking_networks": 9}}, "/limits/attacking_networks"),
        ({"limits": {"suspicious_source_accounts": 26}}, "/limits/suspicious_source_accounts"),
        ({"limits": {"shared_device_accounts": 18}}, "/limits/shared_device_accounts"),
        ({"limits": {"patience": 1}}, "/limits/patience"),
        ({"limits": {"failures_before_success": 2.5}}, "/limits/failures_before_success"),
        ({"limits": {"dormant_days": -1}}, "/limits/dormant_days"),
        ({"notify": {"decisions": ["shout"]}}, "/notify/decisions/0"),
        ({"notify": {"signals": ["new_divice"]}}, "/notify/signals/0"),
        ({"notify": {"by": "owl"}}, "/notify/by"),
        ({"watched_accounts": "acct-1"}, "/watched_accounts"),
        ({"trusted_networks": ["10.0.0.0/8", "10.0.0.1/8"]}, "/trusted_networks/1"),
        ({"server_side_biometrics": "yes"}, "/server_side_biometrics"),
        ({"phone_codes": 0}, "/phone_codes"),
        ({"mood": "strict"}, "/mood"),
    ],
)
def test_a_wrong_document_is_refused_by_the_name_of_the_field(changes, pointer):
    with pytest.raises(PolicyError) as refused:
        Policy.from_document(changed(**changes))
    assert refused.value.pointer == pointer


def test_a_missing_field_is_named():
    document = DEFAULT_POLICY.to_document()
    del document["prior"]
    with pytest.raises(PolicyError, match="/prior: is missing"):
        Policy.from_document(document)
