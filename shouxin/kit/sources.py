"""Where a request comes from, as far as it is counted."""

import ipaddress
from functools import lru_cache


@lru_cache(maxsize=1024)
def source_of(address: str) -> str:
    """The source an address counts as: itself, or for IPv6 its /64, which one subscriber owns whole."""
    try:
        ip = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return "?"
    mapped = ip.ipv4_mapped if isinstance(ip, ipaddress.IPv6Address) else None
    if isinstance(ip, ipaddress.IPv4Address) or mapped:
        return str(mapped or ip)
    return str(ipaddress.ip_network((ip, 64), strict=False))
