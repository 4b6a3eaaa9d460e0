"""Which lists an address is on, found without walking through them."""

from __future__ import annotations

import random
from ipaddress import IPv4Address, ip_address, ip_network

import pytest
from hypothesis import given
from hypothesis import strategies as st

from secmon.geo.networks import ListError, parse_asns, parse_networks

NETWORKS = st.one_of(
    st.tuples(st.integers(0, 2**32 - 1), st.integers(20, 32)).map(
        lambda given: ip_network((given[0] >> (32 - given[1]) << (32 - given[1]), given[1]))
    ),
    st.tuples(st.integers(0, 2**128 - 1), st.integers(100, 128)).map(
        lambda given: ip_network((given[0] >> (128 - given[1]) << (128 - given[1]), given[1]))
    ),
)


def test_comments_blank_lines_single_addresses_and_networks_are_read() -> None:
    found = parse_networks("# tor exits\n\n198.51.100.7\n 203.0.113.0/24  # hosting\n2001:db8::/32\r\n")
    for inside in ("198.51.100.7", "203.0.113.0", "203.0.113.255", "2001:db8:ffff::1"):
        assert ip_address(inside) in found
    for outside in ("198.51.100.6", "198.51.100.8", "203.0.112.255", "203.0.114.0", "2001:db9::"):
        assert ip_address(outside) not in found


def test_the_two_families_are_kept_apart() -> None:
    """1.2.3.4 is the number 0x01020304, and so is ::102:304."""
    assert ip_address("::102:304") not in parse_networks("1.2.3.4\n")


def test_whatever_overlaps_or_touches_is_one_range() -> None:
    found = parse_networks("10.0.0.0/8\n10.1.0.0/16\n11.0.0.0/8\n10.255.255.255\n")
    assert (len(found.ipv4.starts), found.ipv4.ends) == (1, (int(IPv4Address("11.255.255.255")),))


@given(st.lists(NETWORKS, min_size=1, max_size=20))
def test_an_address_is_on_the_list_exactly_where_one_of_its_networks_holds_it(networks) -> None:
    found = parse_networks("\n".join(str(network) for network in networks))
    for network in networks:
        first, last = int(network.network_address), int(network.broadcast_address)
        edges = [
            number for number in (first - 1, first, last, last + 1) if 0 <= number < 2**network.max_prefixlen
        ]
        for number in edges:
            address = type(network.network_address)(number)
            inside = any(address in other for other in networks if other.version == address.version)
            assert (address in found) is inside


def test_a_hundred_thousand_entries_are_looked_up_by_bisection() -> None:
    draw = random.Random(1)
    numbers = {draw.getrandbits(32) for _ in range(100_000)}
    found = parse_networks("\n".join(str(IPv4Address(number)) for number in numbers))
    probes = [*list(numbers)[:1000], *(draw.getrandbits(32) for _ in range(1000))]
    assert all((IPv4Address(number) in found) is (number in numbers) for number in probes)


@pytest.mark.parametrize(
    "line",
    [
        "1.2.3",
        "1.2.3.4/33",
        "1.2.3.4/",
        "1.2.3.4/-1",
        "::1/129",
        "1.2.3.4-1.2.3.9",
        "example.org",
        "１.2.3.4",
    ],
)
def test_a_line_that_is_no_network_is_named(line: str) -> None:
    with pytest.raises(ListError, match="line 2"):
        parse_networks(f"192.0.2.1\n{line}\n")


def test_autonomous_systems_are_read_with_and_without_their_prefix() -> None:
    assert parse_asns("# clouds\nAS16509\n8075 # azure\nas64500\n") == {16509, 8075, 64500}


@pytest.mark.parametrize("line", ["AS", "AS0", "4294967296", "-1", "AS1.5", "１"])
def test_what_is_no_autonomous_system_is_refused(line: str) -> None:
    with pytest.raises(ListError, match="line 1"):
        parse_asns(line)
