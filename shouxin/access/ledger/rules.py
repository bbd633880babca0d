"""What a token for the ledger may be: named, bound to addresses, short-lived."""

import hashlib
from collections.abc import Collection
from datetime import timedelta
from functools import lru_cache

from django.conf import settings

from shouxin.access.clients.rules import Token, digest, network, new_token, prefix_of

DAYS, MOST_DAYS = 30, 90
MOST_ADDRESSES = 20
ONCE_A = timedelta(minutes=1)  # when a token was last used is written down no oftener

__all__ = [
    "DAYS",
    "MOST_DAYS",
    "ONCE_A",
    "Token",
    "digest",
    "new_token",
    "prefix_of",
    "problems",
    "token_key",
]


@lru_cache(maxsize=4)
def _derived(secret: str) -> bytes:
    return hashlib.sha256(b"shouxin-ledger-token" + secret.encode()).digest()


def token_key() -> bytes:
    """The key of token digests; it lies outside the database, with the installation's secret."""
    return _derived(settings.SECRET_KEY)


def problems(*, name: str, addresses: Collection[str], days: int) -> list[str]:
    """What is wrong with asking for a token, as codes."""
    tests = {
        "name.missing": not name.strip(),
        "addresses.none": not addresses,
        "addresses.wrong": len(addresses) > MOST_ADDRESSES or any(network(one) is None for one in addresses),
        "days.range": not 1 <= days <= MOST_DAYS,
    }
    return [code for code, wrong in tests.items() if wrong]
