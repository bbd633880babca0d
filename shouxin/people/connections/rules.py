"""Pure rules of connections: tokens of programs that come to us, and where they may come from."""

import hashlib
import hmac
import ipaddress
import secrets
from collections.abc import Iterable
from dataclasses import dataclass

MARK = "sxd"  # recognisable to scanners that look for leaked tokens
_PARTS = 3


@dataclass(frozen=True, slots=True)
class Token:
    """A new token: the whole of it is shown once; `prefix` finds its row, `digest` is what is kept."""

    text: str
    prefix: str
    digest: bytes


def new_token(key: bytes) -> Token:
    """256 random bits behind a short public prefix."""
    prefix = secrets.token_hex(6)
    text = f"{MARK}_{prefix}_{secrets.token_urlsafe(32)}"
    return Token(text, prefix, digest(key, text))


def digest(key: bytes, token: str) -> bytes:
    """Keyed, so that neither a stolen database nor a stolen key alone lets a guess be tried."""
    return hmac.new(key, token.encode("utf-8", "surrogatepass"), hashlib.sha256).digest()


def prefix_of(token: str) -> str | None:
    """The public part of a token, or None when the text is no token at all."""
    parts = token.split("_", _PARTS - 1)
    return parts[1] if len(parts) == _PARTS and parts[0] == MARK and token.isascii() else None


def network(text: str) -> str | None:
    """An address or range in its canonical form; None when it is none, or when it means everywhere."""
    try:
        found = ipaddress.ip_network(text.strip(), strict=False)
    except ValueError:
        return None
    return str(found) if found.prefixlen else None


def comes_from(address: str, networks: Iterable[str]) -> bool:
    """Whether a caller's address lies in one of the ranges; an IPv4 address counts as such even inside IPv6."""
    try:
        ip = ipaddress.ip_address(address)
    except ValueError:
        return False
    mapped = ip.ipv4_mapped if isinstance(ip, ipaddress.IPv6Address) else None
    return any((mapped or ip) in ipaddress.ip_network(one) for one in networks)
