"""What a stranger writes into an agent or a place does not reach the owner in our own letter (R48)."""

from __future__ import annotations

import re
from zoneinfo import ZoneInfo

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from secmon.alerts import words
from secmon.alerts.models import Alert
from secmon.alerts.words import AlertTelling
from secmon.devices import telling
from secmon.devices.traits import DeviceClass, System, Traits
from secmon.devices.user_agents import UserAgentReader
from secmon.mail.rendering import render
from secmon.outbox.kinds import Kind
from tests.alerts.owner import Alerted, alerted
from tests.logins.factories import LAGOS
from tests.pages.browser import Page
from tests.service import NO_TLS, Service

READER = UserAgentReader()
APPS = ("UWallet",)
# Seven digits, whatever stands between them, but for what parts the hardware from its system and its app.
NUMBER = re.compile(r"[0-9](?:[^0-9·]*[0-9]){6}")
ADDRESS = re.compile(r"http|www|://|@|[a-z]\.[a-z]", re.IGNORECASE)


def read(agent: str, locale: str = "en") -> str:
    return telling.told(READER.read(agent), locale, APPS)


@pytest.mark.parametrize(
    ("hardware", "english", "chinese"),
    [
        ("samsung SM-A135F", "Samsung Galaxy A13", "Samsung Galaxy A13"),
        ("Redmi Note 12 Pro", "Xiaomi Redmi Note 12 Pro", "Xiaomi Redmi Note 12 Pro"),
        ("HUAWEI Mate 60 Pro", "HUAWEI Mate 60 Pro", "HUAWEI Mate 60 Pro"),
        ("Google Pixel 8a", "Google Pixel 8a", "Google Pixel 8a"),
        ("OPPO Reno8", "OPPO Reno8", "OPPO Reno8"),
        ("vivo V2055A", "vivo V2055A", "vivo V2055A"),
        ("HONOR PGT-AN10", "HONOR PGT-AN10", "HONOR PGT-AN10"),
        ("realme RMX3085", "realme 8", "realme 8"),
        ("Xiaomi M2102J20SG", "Xiaomi M2102J20SG", "Xiaomi M2102J20SG"),
        ("Xiaomi 23049PCD8G", "Xiaomi 23049PCD8G", "Xiaomi 23049PCD8G"),
        # As long as a telephone number: the maker alone.
        ("Xiaomi 2201123C", "Xiaomi 12", "Xiaomi 12"),
        ("Xiaomi 22041211AC", "Xiaomi", "Xiaomi"),
        ("Call Bank 1 now", "Unknown phone", "未知手机"),
        ("Samsung call us now", "Samsung", "Samsung"),
        ("Bank 955 8", "Unknown phone", "未知手机"),
        ("Samsung 95588", "Samsung", "Samsung"),
        ("Samsung 955 88", "Samsung", "Samsung"),
        ("Redmi 400 123 4567", "Xiaomi", "Xiaomi"),
        ("Redmi 4OO-I23-4S67", "Xiaomi", "Xiaomi"),
        ("Redmi evil.top", "Xiaomi", "Xiaomi"),
        ("请致电 4001234567", "Unknown phone", "未知手机"),
    ],
)
def test_a_model_is_told_where_it_looks_like_one(hardware: str, english: str, chinese: str) -> None:
    agent = f"UWallet/5.2.0 (Android 14; {hardware}; zh_CN)"
    assert read(agent) == f"{english} · Android 14 · UWallet 5"
    assert read(agent, "zh-CN") == f"{chinese} · Android 14 · UWallet 5"


@pytest.mark.parametrize(
    ("agent", "told"),
    [
        ("UWallet/5 (iOS 17; iPhone14,5)", "iPhone 13 · iOS 17 · UWallet 5"),
        ("UWallet/5 (iOS 17; iPhone400,1234567)", "iPhone · iOS 17 · UWallet 5"),
        ("UWallet/4001234 (Android 14; Samsung SM-A135F)", "Samsung Galaxy A13 · Android 14 · UWallet"),
        ("UWallet/5 (Android 4001234; Samsung SM-A135F)", "Samsung Galaxy A13 · Android · UWallet 5"),
        ("call-95588-now/1.0", "Unknown device"),
        ("", "Unknown device"),
        ("curl/8.4.0", "Automated client"),
        (
            "Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 Chrome/131.0.0.0 Mobile Safari/537.36",
            "Phone · Android · Chrome 131",
        ),
    ],
)
def test_a_system_or_an_app_is_told_where_it_is_known(agent: str, told: str) -> None:
    assert read(agent) == told


some_text = st.one_of(
    st.text(max_size=40),
    st.from_regex(r"[A-Za-z0-9 ()+_.:/-]{1,40}", fullmatch=True),
    st.from_regex(r"(\+?[0-9]{1,4}[ .()-]?){2,6}", fullmatch=True),
    st.sampled_from(["http://evil.top", "www.evil.top", "evil.top", "Call Bank 1 now", "Redmi 400 123 4567"]),
)
some_version = st.lists(st.integers(0, 999_999_999), max_size=4).map(tuple)
some_traits = st.builds(
    Traits,
    system=st.sampled_from(System),
    system_version=some_version,
    brand=st.none() | some_text | st.sampled_from(["Samsung", "Xiaomi", "Apple", "redmi"]),
    model=st.none() | some_text,
    client=some_text | st.sampled_from(["UWallet", "Chrome"]),
    client_version=some_version,
    device_class=st.sampled_from(DeviceClass),
    automation=st.booleans(),
)


@given(traits=some_traits, locale=st.sampled_from(["zh-CN", "en"]))
def test_A74_no_number_and_no_address_is_told_whatever_the_traits(traits: Traits, locale: str) -> None:
    told = telling.told(traits, locale, APPS)
    assert not NUMBER.search(told.replace("12.9-inch", ""))
    assert not ADDRESS.search(told.replace("12.9-inch", ""))
    assert len(told) <= 80


@given(part=some_text, locale=st.sampled_from(["zh-CN", "en"]))
def test_A74_nor_whatever_the_agent(part: str, locale: str) -> None:
    for agent in (part, f"UWallet/5 (Android 14; {part}; zh_CN)", f"Mozilla/5.0 (Linux; Android 13; {part})"):
        told = telling.told(READER.read(agent), locale, APPS)
        assert not NUMBER.search(told)
        assert not ADDRESS.search(told)


def letter(service: Service, owner: Alerted, locale: str) -> str:
    telling_by = AlertTelling(service.settings.keys, service.url, ZoneInfo("Asia/Shanghai"), APPS)
    with service.work(write=False) as work:
        facts = words.facts(telling_by, work, owner.account_id, {"alert_id": owner.alert_id}, locale)
    rendered = render(Kind.LOGIN_ALERT, locale, facts)
    return rendered.subject + rendered.text + rendered.html


HOSTILE_AGENT = "UWallet/5.2.0 (Android 13; Call the bank +86 400 823 4567 or http://evil.top; en_NG)"
HOSTILE_PLACE = {**LAGOS, "city": "Call 400-823-4567 or evil.top", "region": "http://evil.top"}


@pytest.mark.parametrize(
    ("locale", "country", "phone"), [("zh-CN", "尼日利亚", "未知手机"), ("en", "Nigeria", "Unknown phone")]
)
def test_A74_neither_agent_nor_city_puts_a_number_or_a_link_before_the_owner(
    service: Service, wallet: httpx.Client, account_id: str, locale: str, country: str, phone: str
) -> None:
    owner = alerted(wallet, account_id, user_agent=HOSTILE_AGENT, geo=HOSTILE_PLACE)
    with httpx.Client(base_url=service.url, timeout=20, verify=NO_TLS) as browser:
        page = Page(service, owner, browser).open(**{"Accept-Language": locale}).text
    for text in (letter(service, owner, locale), page):
        for smuggled in ("400", "823", "4567", "evil", "Call the", "Call 4"):
            assert smuggled not in text
        assert country in text
        assert phone in text


def test_A74_a_name_that_somebody_gave_the_device_is_not_told(
    service: Service, wallet: httpx.Client, account_id: str
) -> None:
    owner = alerted(wallet, account_id)
    with service.work() as work:
        alert = work.session.query(Alert).filter_by(account_id=account_id).one()
        alert.device_label = "Call 400-823-4567"
    assert "Samsung Galaxy A13" in letter(service, owner, "en")
    assert "4567" not in letter(service, owner, "en")


def test_a_city_is_told_where_it_is_listed_or_of_the_operators_files(
    service: Service, wallet: httpx.Client, account_id: str
) -> None:
    owner = alerted(wallet, account_id, geo={**LAGOS, "city": "Ogbomosho"})
    assert "Ogbomosho" not in letter(service, owner, "en")
    with service.work() as work:
        work.session.query(Alert).filter_by(account_id=account_id).one().city_found = True
    assert "Ogbomosho, Nigeria" in letter(service, owner, "en")


def test_an_alert_of_the_release_before_tells_of_its_device_as_it_was_seen(
    service: Service, owner: Alerted
) -> None:
    with service.work() as work:
        alert = work.session.query(Alert).filter_by(account_id=owner.account_id).one()
        alert.network = alert.anonymizer = alert.traits = alert.city_found = None
    told = letter(service, owner, "en")
    assert "Samsung Galaxy A13 · Android 13 · UWallet 5" in told
    assert "Lagos, Nigeria" in told
