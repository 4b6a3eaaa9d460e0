"""A30, R24: to which addresses a webhook may be sent."""

from ipaddress import ip_network

import pytest

from secmon.core.errors import Invalid
from secmon.webhooks.addresses import AddressForbidden, allowed
from secmon.webhooks.urls import checked

INNER = (
    "127.0.0.1",
    "127.255.255.254",
    "0.0.0.1",
    "10.0.0.1",
    "172.16.0.1",
    "192.168.1.1",
    "169.254.169.254",
    "100.64.0.1",
    "192.0.2.1",
    "198.18.0.1",
    "224.0.0.1",
    "240.0.0.1",
    "255.255.255.255",
    "::",
    "::1",
    "::ffff:127.0.0.1",
    "::ffff:169.254.169.254",
    "64:ff9b::a00:1",
    "64:ff9b::169.254.169.254",
    "2002:7f00:1::",
    "2001:0:7f00:1::",
    "fc00::1",
    "fd00:ec2::254",
    "fe80::1",
    "fe80::1%eth0",
    "fec0::1",
    "ff02::1",
    "2001:db8::1",
    "192.0.0.8",
    "192.0.0.9",
    "192.88.99.1",
    "::7f00:1",
    "::10.0.0.1",
    "::8.8.8.8",
    "::ffff:0:127.0.0.1",
    "::ffff:0:8.8.8.8",
    "64:ff9b:1::a00:1",
    "64:ff9b:1:ffff::1",
    "100::1",
    "100:0:0:1::1",
    "3fff::1",
    "3fff:fff:ffff::1",
    "5f00::1",
)
SPELLINGS = (
    "https://127.0.0.1/",
    "https://127.1/",
    "https://2130706433/",
    "https://0x7f000001/",
    "https://0177.0.0.1/",
    "https://0/",
    "https://[::1]/",
    "https://[::ffff:7f00:1]/",
    "https://[0:0:0:0:0:ffff:127.0.0.1]/",
    "https://169.254.169.254/latest/meta-data",
    "https://[fe80::1]/",
)
BROKEN = (
    "",
    "wallet.example",
    "//wallet.example/",
    "ftp://wallet.example/",
    "file:///etc/passwd",
    "https://",
    "https:///path",
    "https://user:secret@wallet.example/",
    "https://wallet.example/#part",
    "https://wallet.example:0/",
    "https://wallet.example:99999/",
    "https://wallet.example\\@evil.example/",
    "https://wallet.example/ x",
    "https://wallet.example/\r\nHost: evil.example",
    "https://①②⑦.⓪.⓪.①/",
    "https://钱包.example/",
    "https://wallet.example/" + "a" * 2000,
)


@pytest.mark.parametrize("address", INNER)
def test_A30_inner_addresses_are_forbidden(address: str):
    with pytest.raises(AddressForbidden):
        allowed(address, ())


@pytest.mark.parametrize("address", ["8.8.8.8", "2606:4700::1111", "::ffff:8.8.8.8", "64:ff9b::808:808"])
def test_public_addresses_are_allowed(address: str):
    allowed(address, ())


def test_the_operator_may_allow_a_network_and_allows_no_other():
    networks = (ip_network("10.1.0.0/16"),)
    assert str(allowed("10.1.2.3", networks)) == "10.1.2.3"
    assert str(allowed("::ffff:10.1.2.3", networks)) == "10.1.2.3"
    with pytest.raises(AddressForbidden):
        allowed("10.2.2.3", networks)


@pytest.mark.parametrize("url", SPELLINGS)
def test_A30_an_inner_address_is_refused_in_every_spelling(url: str):
    with pytest.raises(Invalid):
        checked(url, ())


@pytest.mark.parametrize("url", BROKEN)
def test_what_parsers_could_disagree_on_is_refused(url: str):
    with pytest.raises(Invalid):
        checked(url, (ip_network("10.0.0.0/8"),))


def test_without_tls_only_where_a_network_is_allowed():
    with pytest.raises(Invalid):
        checked("http://wallet.example/", ())
    assert checked("http://wallet.example/", (ip_network("10.0.0.0/8"),))
    assert checked("https://wallet.example:8443/a?b=c", ())
