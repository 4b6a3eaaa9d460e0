"""Algorithm and digits can be set; an authenticator keeps what it was told at its enrolment."""

from __future__ import annotations

from pathlib import Path

import pytest

from secmon.settings.environment import Settings, SettingsError
from tests.databases import fresh_database
from tests.service import Service
from tests.twofactor.owner import Owner

GIVEN = {"SECMON_KEYS": "k1=" + "A" * 43 + "="}


@pytest.mark.parametrize(("before", "after"), [(6, 8), (8, 6)])
def test_a_changed_setting_is_for_new_enrolments(
    tmp_path: Path, account_id: str, before: int, after: int
) -> None:
    url = fresh_database("sqlite")
    usual = Service(url, tmp_path, totp_digits=before)
    with usual.client("wallet") as wallet:
        old = Owner(wallet, usual.clock, account_id).enrol()
        waiting = Owner(wallet, usual.clock, f"{account_id}-waiting")
        started = waiting.start()
    usual.stop()
    changed = Service(url, tmp_path, totp_algorithm="SHA256", totp_digits=after, totp_issuer="U Wallet")
    changed.credentials, changed.clock.now = usual.credentials, usual.clock.now
    with changed.client("wallet") as wallet:
        for owner in (old, waiting):
            owner.wallet, owner.clock = wallet, changed.clock
        assert (len(old.code()), old.verify().status_code) == (before, 200)
        assert waiting.confirm(started["enrolment_id"], waiting.code()).status_code == 200
        new = Owner(wallet, changed.clock, f"{account_id}-new").enrol()
        assert new.authenticator is not None
        assert (new.authenticator.issuer, new.authenticator.algorithm) == ("U Wallet", "SHA256")
        assert (len(new.code()), new.verify().status_code) == (after, 200)
        assert new.verify("1234567").status_code == 422
        removal = {"code": old.code(1)}
        old.next_step()
        assert wallet.request("DELETE", f"{old.path}/totp", json=removal).status_code == 204
    changed.stop()


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("SECMON_TOTP_DIGITS", "7"),
        ("SECMON_TOTP_ALGORITHM", "SHA512"),
        ("SECMON_TOTP_ALGORITHM", "sha1"),
        ("SECMON_TOTP_ISSUER", "a:b"),
        ("SECMON_TOTP_ISSUER", "x" * 65),
    ],
)
def test_a_bad_setting_is_named(name: str, value: str) -> None:
    with pytest.raises(SettingsError, match=name):
        Settings.from_env({**GIVEN, name: value})


def test_settings_are_read_from_the_environment() -> None:
    settings = Settings.from_env(
        {
            **GIVEN,
            "SECMON_TOTP_ISSUER": "U Wallet",
            "SECMON_TOTP_ALGORITHM": "SHA256",
            "SECMON_TOTP_DIGITS": "8",
        }
    )
    assert (settings.totp_issuer, settings.totp_algorithm, settings.totp_digits) == ("U Wallet", "SHA256", 8)
