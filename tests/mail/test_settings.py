"""A service that would write letters that nobody can answer does not start."""

from __future__ import annotations

import pytest

from secmon.settings.environment import Settings, SettingsError

GOOD = {
    "SECMON_KEYS": "test=" + "A" * 43 + "=",
    "SECMON_SMTP_URL": "smtp://mail.example",
    "SECMON_MAIL_FROM": "钱包安全 <security@wallet.example>",
    "SECMON_PUBLIC_URL": "https://secmon.example",
}


def test_a_sender_and_where_links_lead_are_all_it_takes():
    assert Settings.from_env(GOOD).mail_from == GOOD["SECMON_MAIL_FROM"]


@pytest.mark.parametrize("missing", ["SECMON_MAIL_FROM", "SECMON_PUBLIC_URL"])
def test_letters_need_a_sender_and_a_place_to_link_to(missing: str):
    with pytest.raises(SettingsError, match=missing):
        Settings.from_env({name: value for name, value in GOOD.items() if name != missing})


@pytest.mark.parametrize(
    "sender", ["security", "@wallet.example", "a@b", "Wallet", "a@b.example\r\nBcc: c@d.example"]
)
def test_a_sender_is_an_address(sender: str):
    with pytest.raises(SettingsError, match="SECMON_MAIL_FROM"):
        Settings.from_env(GOOD | {"SECMON_MAIL_FROM": sender})
