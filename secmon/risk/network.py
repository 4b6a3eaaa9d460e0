"""Which network is an address in?"""

from ipaddress import IPv6Address, ip_address

IPV6_PREFIX_BITS = 48


def network_of(ip: str) -> str:
    """The /24 of an IPv4 address, the /48 of an IPv6 address, as text; an IPv4-mapped address counts as IPv4.

    Raises ValueError for what is no address.
    """
    if ":" not in ip:
        head, _, last = ip.rpartition(".")
        if head.count(".") == 2 and last.isdigit():
            return head + ".0/24"
    address = ip_address(ip)
    if not isinstance(address, IPv6Address):
        return str(address).rpartition(".")[0] + ".0/24"
    if address.ipv4_mapped:
        return network_of(str(address.ipv4_mapped))
    host_bits = 128 - IPV6_PREFIX_BITS
    return f"{IPv6Address(int(address) >> host_bits << host_bits)}/{IPV6_PREFIX_BITS}"
