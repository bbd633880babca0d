"""Small secrets of rooms below the vault (keys of second factors): kept sealed by whoever holds keys.

The room that holds keys stands on a higher floor and signs its sealer up here. While none answers, nothing is
sealed and nothing opens: there is no weaker way.
"""

from collections.abc import Callable
from dataclasses import dataclass
from uuid import UUID

from shouxin.kit.registry import Registry


class Unavailable(Exception):
    """There are no keys now."""


class NotSealedHere(Exception):
    """The bytes are not what was sealed for this use and this owner."""


@dataclass(frozen=True, slots=True)
class Sealer:
    """`seal(use, owner, secret)` and `open(use, owner, sealed)`; what is sealed opens for its use and owner alone."""

    seal: Callable[[str, UUID, bytes], bytes]
    open: Callable[[str, UUID, bytes], bytes]


sealers: Registry[Sealer] = Registry("sealers of small secrets")
_ONLY = "secrets"


def register(sealer: Sealer) -> None:
    """Sign up the one sealer of this installation."""
    sealers.register(_ONLY, sealer)


def seal(use: str, owner: UUID, secret: bytes) -> bytes:
    """`secret`, readable for nobody without keys.

    Raises:
        Unavailable: there are no keys now.
    """
    return _sealer().seal(use, owner, secret)


def unseal(use: str, owner: UUID, sealed: bytes) -> bytes:
    """What was sealed for this use and this owner.

    Raises:
        Unavailable: there are no keys now.
        NotSealedHere: altered, or moved here from another owner.
    """
    return _sealer().open(use, owner, sealed)


def _sealer() -> Sealer:
    found = sealers.get(_ONLY)
    if found is None:
        raise Unavailable
    return found
