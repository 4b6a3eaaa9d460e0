"""Every reason of an automatic decision can be said to a person, in both languages (R18)."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from secmon.risk.login import Recognition
from secmon.risk.signals import Signal, SignalCode, TermCode
from secmon.wording.reasons import REASONS, Told, detail
from tests.risk.factories import IN_LAGOS, NOW, habits, login, signals


def test_every_reason_has_a_sentence_in_both_languages():
    codes = {str(code) for code in (*SignalCode, *TermCode)}
    assert set(REASONS) == codes


def test_a_new_device_is_named():
    found = signals(login(recognition=Recognition.NEW), habits())["new_device"]
    assert detail(found, "en") == "first login from Xiaomi 2201123C, Android"
    assert detail(found, "zh-CN") == "首次从 Xiaomi 2201123C (Android) 登录"


@pytest.mark.parametrize(
    ("minutes", "english", "chinese"),
    [
        (40, "Beijing to Lagos, 11 500 km in 40 min", "40 分钟内从北京到拉各斯，相距 11 500 公里"),
        (
            90,
            "Beijing to Lagos, 11 500 km in 1 h 30 min",
            "1 小时 30 分钟内从北京到拉各斯，相距 11 500 公里",
        ),
        (120, "Beijing to Lagos, 11 500 km in 2 h", "2 小时内从北京到拉各斯，相距 11 500 公里"),
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
    profile.note_not_me(login(device_key="ins-9", **IN_LAGOS))
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


def test_countries_have_names():
    new = Signal(SignalCode.NEW_COUNTRY, 1.0, {"country": "NG"})
    assert detail(new, "en") == "first login from Nigeria"
    assert detail(new, "zh-CN") == "首次从尼日利亚登录"


def test_a_city_that_nobody_has_translated_is_called_what_it_was_called():
    travel = Signal(
        SignalCode.IMPOSSIBLE_TRAVEL, 4.0, {"from": "北京", "to": "Ogbomosho", "km": 500, "minutes": 4}
    )
    assert detail(travel, "zh-CN") == "4 分钟内从北京到Ogbomosho，相距 500 公里"


def test_an_unreadable_system_is_not_told():
    named = Signal(SignalCode.NEW_DEVICE, 1.0, {"device": "WeChat", "system": "Other"})
    assert detail(named, "en") == "first login from WeChat"


def test_who_tells_knows_the_device_and_the_owners_clock_better():
    told = Told("iPhone 14 Pro", datetime(2026, 11, 26, 14, 5, tzinfo=UTC), ZoneInfo("Asia/Shanghai"))
    new = Signal(SignalCode.NEW_DEVICE, 1.0, {"device": "Apple iPhone15,2", "system": "iOS"})
    hour = Signal(SignalCode.UNUSUAL_HOUR, 1.0, {"hour_utc": 14})
    assert detail(new, "en", told) == "first login from iPhone 14 Pro"
    assert detail(hour, "zh-CN", told) == "登录时间对该账户不寻常：22:05 (Asia/Shanghai)"
