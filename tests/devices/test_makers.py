"""Whose phone is it? Other codes than those that the table of makers was looked at with."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from secmon.devices.labels import label
from secmon.devices.makers import makers
from secmon.devices.recognition import KnownDevice, recognise
from secmon.devices.traits import Traits
from secmon.devices.user_agents import UserAgentReader
from secmon.risk.login import Recognition
from tests.devices import agents

READER = UserAgentReader()
FINE = (Recognition.KNOWN, Recognition.UPDATED)


def web_view(model: str) -> Traits:
    return READER.read(agents.app_web_view("5.12.0", "14", model))


@pytest.mark.parametrize(
    ("model", "maker"),
    [
        ("SM-S938B", "Samsung"),
        ("SCG33", "Samsung"),
        ("24129PN74G", "Xiaomi"),
        ("2412DPC0AG", "Xiaomi"),
        ("M2101K6G", "Xiaomi"),
        ("Redmi K30 Pro", "Xiaomi"),
        ("POCO F2 Pro", "Xiaomi"),
        ("MI CC 9", "Xiaomi"),
        ("RMX3990", "realme"),
        ("CPH2581", "OnePlus"),
        ("PJZ110", "OnePlus"),
        ("KB2005", "OnePlus"),
        ("CPH2305", "OPPO"),
        ("PFJM10", "OPPO"),
        ("V2324A", "vivo"),
        ("I2304", "vivo"),
        ("iQOO 12", "vivo"),
        ("PGT-AN10", "Honor"),
        ("ELI-NX9", "Honor"),
        ("TFY-LX2", "Honor"),
        ("COL-L29", "Honor"),
        # Nobody has listed these letters: 5G is no longer Huawei's.
        ("ZZQ-AN00", "Honor"),
        ("ZZQ-AL00", "Huawei"),
        ("ELS-AN10", "Huawei"),
        ("ALN-AL00", "Huawei"),
        # Letters that both houses use.
        ("ABR-AL80", "Huawei"),
        ("ABR-NX1", "Honor"),
        ("XQ-DQ54", "Sony"),
        ("SOG09", "Sony"),
        ("Pixel 9 Pro XL", "Google"),
        ("XT2301-5", "Motorola"),
        ("moto g84 5G", "Motorola"),
        ("TB-X606F", "Lenovo"),
        ("NX769J", "nubia"),
        ("ZTE 8050", "ZTE"),
        ("TECNO CK8n", "TECNO"),
        ("Infinix X6833B", "Infinix"),
        ("itel S665L", "itel"),
        ("Nokia G42 5G", "Nokia"),
        ("TA-1581", "Nokia"),
        ("HMD Skyline", "HMD"),
        ("ASUS_AI2302", "ASUS"),
        ("MEIZU 20 Pro", "Meizu"),
    ],
)
def test_a_code_says_its_maker(model: str, maker: str) -> None:
    assert web_view(model).brand == maker


@pytest.mark.parametrize("model", ["S62 Pro", "GNE-N001S", "TPS-SC10", "BDF-X20", "DSB-0220", "K55", "8082"])
def test_what_may_be_anybodys_is_nobodys(model: str) -> None:
    assert web_view(model).brand is None


@pytest.mark.parametrize(
    ("hardware", "model"),
    [
        # What makers call themselves, as apps join it with the model.
        ("HMD Global Nokia X30 5G", "Nokia X30 5G"),
        ("INFINIX MOBILITY LIMITED Infinix X6711", "Infinix X6711"),
        ("TECNO MOBILE LIMITED TECNO CK7n", "TECNO CK7n"),
        ("ITEL MOBILE LIMITED itel A665L", "itel A665L"),
        ("HUAWEI YAL-AL00", "YAL-AL00"),
        ("HONOR PGT-AN10", "PGT-AN10"),
        ("OPPO RMX1931", "RMX1931"),
        ("Xiaomi 24129PN74G", "24129PN74G"),
        ("asus ASUS_I006D", "ASUS_I006D"),
        ("motorola motorola edge 30", "motorola edge 30"),
        ("LENOVO Lenovo TB-J706F", "Lenovo TB-J706F"),
        ("samsung SM-G998B", "SM-G998B"),
        # Apps that write the model alone, blanks and all.
        ("Redmi K20 Pro", "Redmi K20 Pro"),
        ("MI NOTE Pro", "MI NOTE Pro"),
        ("Pixel 6a", "Pixel 6a"),
        ("moto g52", "moto g52"),
        # A maker whom nobody knows.
        ("Zorbon ZB-77", "ZB-77"),
        ("1901", "1901"),
    ],
)
def test_an_app_and_its_web_view_are_one_handset(hardware: str, model: str) -> None:
    native = READER.read(agents.app("5.12.0", "Android 14", hardware))
    known = KnownDevice("key", "ins-1", native)
    assert recognise(web_view(model), "ins-1", [known]).recognition in FINE
    known = KnownDevice("key", "ins-1", web_view(model))
    assert recognise(native, "ins-1", [known]).recognition in FINE


MODELS = st.sampled_from(
    [
        "SM-A546E",
        "RMX3771",
        "23021RAA2Y",
        "CPH2495",
        "PGT-AN00",
        "V2254A",
        "1726",
        "Redmi 9",
        "Pixel 7",
        "8848",
    ]
)


@given(MODELS, MODELS)
def test_a_copied_id_on_another_model_is_noticed(one: str, other: str) -> None:
    recognised = recognise(web_view(other), "ins-1", [KnownDevice("key", "ins-1", web_view(one))])
    assert (recognised.recognition is Recognition.MISMATCHED) is (one != other)


@given(
    st.sampled_from(sorted({*makers().names.values()})), st.from_regex(r"[A-Z]{2}[0-9]{3}", fullmatch=True)
)
def test_a_maker_is_named_once(maker: str, code: str) -> None:
    shown = label(web_view(f"{maker} {maker}_{code}"))
    assert shown.casefold().count(maker.casefold()) <= 1


@pytest.mark.parametrize(
    ("stored", "model"),
    [
        ('{"system":"Android","brand":"Asus","model":"ASUS_AI2302"}', "ASUS_AI2302"),
        ('{"system":"Android","brand":"Huawei","model":"PGT-AN10"}', "PGT-AN10"),
        ('{"system":"Android","brand":"Itel","model":"itel S665L"}', "itel S665L"),
        ('{"system":"Android","brand":"HMD","model":"Global Nokia X30 5G"}', "Nokia X30 5G"),
        ('{"system":"Android","brand":"Redmi","model":"Note 8T"}', "Redmi Note 8T"),
        ('{"system":"Android","model":"2201123C"}', "2201123C"),
    ],
)
def test_a_device_that_an_earlier_release_stored_is_still_known(stored: str, model: str) -> None:
    known = KnownDevice("key", "ins-1", Traits.from_json(stored))
    assert recognise(web_view(model), "ins-1", [known]).recognition is not Recognition.MISMATCHED
