import pytest

from secmon.risk.explain import detail
from secmon.risk.recognition import Recognition
from secmon.risk.sentences import CHINESE, ENGLISH
from secmon.risk.signals import Signal, SignalCode, TermCode
from tests.risk.factories import IN_LAGOS, NOW, habits, login, signals


def test_every_reason_has_a_sentence_in_both_languages():
    codes = {str(code) for code in (*SignalCode, *TermCode)}
    assert set(ENGLISH) == set(CHINESE) == codes


def test_a_new_device_is_named():
    found = signals(login(recognition=Recognition.NEW), habits())["new_device"]
    assert detail(found, "en") == "first login from Xiaomi 2201123C, Android"
    assert detail(found, "zh-CN") == "首次从 Xiaomi 2201123C（Android）登录"


@pytest.mark.parametrize(
    ("minutes", "english", "chinese"),
    [
        (40, "Beijing to Lagos, 11 500 km in 40 min", "40 分钟内从Beijing到Lagos，相距 11 500 公里"),
        (
            90,
            "Beijing to Lagos, 11 500 km in 1 h 30 min",
            "1 小时 30 分钟内从Beijing到Lagos，相距 11 500 公里",
        ),
        (120, "Beijing to Lagos, 11 500 km in 2 h", "2 小时内从Beijing到Lagos，相距 11 500 公里"),
    ],
)
def test_travel_says_from_where_to_where_how_far_and_how_fast(minutes, english, chinese):
    facts = {"from": "Beijing", "to": "Lagos", "km": 11_476, "minutes": minutes}
    travel = Signal(SignalCode.IMPOSSIBLE_TRAVEL, 4.0, facts)
    assert detail(travel, "en-GB") == english
    assert detail(travel, "zh-CN") == chinese


def test_every_reason_found_can_be_said():
    profile = habits()
    profile.note_credential_change(NOW, "phone", "recovery")
    profile.note_failed_challenge(login(device_key="ins-9"))
    profile.unlearn(login(device_key="ins-9", **IN_LAGOS))
    stranger = login(recognition=Recognition.NEW, device_key="ins-9", automation=True, **IN_LAGOS)
    found = signals(stranger, profile)
    assert len(found) > 8
    for signal in found.values():
        for locale in ("en", "zh-CN"):
            sentence = detail(signal, locale)
            assert sentence
            assert "{" not in sentence


def test_braces_in_a_device_name_are_only_text():
    named = Signal(SignalCode.NEW_DEVICE, 1.0, {"device": "{system.__class__}", "system": "Android"})
    assert detail(named, "en") == "first login from {system.__class__}, Android"
