"""What an authenticator app is given."""

from __future__ import annotations

import pytest

from secmon.twofactor.enrolment import key_uri, qr_svg, secret_text
from secmon.twofactor.totp import Algorithm, TotpParameters
from tests.twofactor import qr
from tests.twofactor.authenticator import Authenticator

SEED = b"12345678901234567890"


@pytest.mark.parametrize(
    ("issuer", "account"),
    [("U Wallet", "acct-1"), ("优钱包", "a:b_c.d-e"), ("A&B=C?", "a%20b"), ("Caf\u00e9 + Co/Ltd", "x" * 64)],
)
def test_any_issuer_and_account_come_back_out_of_the_uri(issuer: str, account: str) -> None:
    scanned = Authenticator.scan(key_uri(SEED, issuer, account, TotpParameters()))
    assert scanned == Authenticator(SEED, issuer, account)


def test_other_parameters_are_told_to_the_authenticator() -> None:
    uri = key_uri(SEED, "secmon", "acct-1", TotpParameters(Algorithm.SHA256, digits=8))
    assert Authenticator.scan(uri) == Authenticator(SEED, "secmon", "acct-1", "SHA256", 8, 30)


def test_spaces_are_percent_encoded() -> None:
    """As the key URI format asks; some apps show a plus sign as it is."""
    assert "+" not in key_uri(SEED, "U Wallet", "acct-1", TotpParameters())


def test_the_secret_is_base32_without_padding() -> None:
    assert secret_text(SEED) == "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"


@pytest.mark.parametrize("issuer", ["secmon", "优钱包" * 5])
@pytest.mark.parametrize("account", ["a", "acct-1-of-the-wallet", "x" * 64])
def test_the_qr_code_reads_as_the_uri(issuer: str, account: str) -> None:
    """Whoever's reader it is: the one here shares nothing with what draws it."""
    uri = key_uri(SEED, issuer, account, TotpParameters())
    assert qr.read(qr_svg(uri)) == uri
