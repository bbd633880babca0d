"""Secrets of rooms below this one (`kit.sealing`), each under a key of its own that the key provider wraps.

    sealed = version(1) ‖ suite(1) ‖ length of the wrapped key(2) ‖ wrapped key ‖ parcel

The parcel is that of `parcels.py`; its owner is the secret's, its name the secret's use.
"""

import struct
from uuid import UUID

from shouxin.core.crypto.errors import Broken, CryptoError, KeyServiceUnavailable, SealBroken
from shouxin.kit import sealing
from shouxin.vault import parcels
from shouxin.vault.errors import VaultError

_HEAD = struct.Struct(">BBH")
VERSION = 1


def parts(sealed: bytes) -> tuple[int, bytes, bytes]:
    """Suite, wrapped key and parcel of a sealed secret.

    Raises:
        SealBroken: it is nothing that `seal` made.
    """
    try:
        version, suite, length = _HEAD.unpack_from(sealed)
    except struct.error:
        raise SealBroken(Broken.TRUNCATED, "small secret") from None
    if version != VERSION:
        raise SealBroken(Broken.FORMAT, "small secret")
    return suite, sealed[_HEAD.size : _HEAD.size + length], sealed[_HEAD.size + length :]


def joined(suite: int, wrapped: bytes, parcel: bytes) -> bytes:
    """A sealed secret of these parts."""
    return _HEAD.pack(VERSION, suite, len(wrapped)) + wrapped + parcel


def seal(use: str, owner: UUID, secret: bytes) -> bytes:
    """`secret` under a fresh key."""
    try:
        key = parcels.new_key(owner)
    except (VaultError, CryptoError) as error:
        raise sealing.Unavailable(type(error).__name__) from None
    return joined(key.suite.id, key.wrapped, key.seal(use, secret))


def unseal(use: str, owner: UUID, sealed: bytes) -> bytes:
    """What `seal` sealed for this use and owner."""
    try:
        suite, wrapped, parcel = parts(sealed)
        return parcels.open_key(owner, suite, wrapped).open(use, parcel)
    except KeyServiceUnavailable as error:
        raise sealing.Unavailable(type(error).__name__) from None
    except CryptoError:
        raise sealing.NotSealedHere(use) from None


def register() -> None:
    sealing.register(sealing.Sealer(seal=seal, open=unseal))
