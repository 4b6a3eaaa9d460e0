import pytest

from secmon.risk.network import network_of


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("203.0.113.7", "203.0.113.0/24"),
        ("::ffff:203.0.113.7", "203.0.113.0/24"),
        ("2409:8a00:1234:5678::1", "2409:8a00:1234::/48"),
        ("2409:8A00:1234::9", "2409:8a00:1234::/48"),
        ("::1", "::/48"),
    ],
)
def test_an_address_lies_in_its_24_or_48(address, network):
    assert network_of(address) == network


@pytest.mark.parametrize("text", ["", "300.1", "nonsense", "1.2.3.x"])
def test_what_is_no_address_is_refused(text):
    with pytest.raises(ValueError, match="does not appear"):
        network_of(text)
