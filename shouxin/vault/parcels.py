"""Sealed parcels: short-lived bytes of other rooms (an upload's key, a draft, refused rows) under a key of their own.

The parcel's owner keeps the wrapped key in its own row; forgetting that row's key destroys the parcel everywhere.

    context of a wrapped key  = "PRCL" ‖ suite(1) ‖ owner(16)
    parcel                    = suite(1) ‖ nonce(12) ‖ ciphertext ‖ tag(16)
    associated data           = suite ‖ owner(16) ‖ name (UTF-8)

So a parcel opens for its owner and under its name alone.
"""

import os
import struct
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from uuid import UUID

from cryptography.exceptions import InvalidTag
from django.db.models import Model

from shouxin.core.crypto.errors import Broken, SealBroken
from shouxin.core.crypto.suites import NONCE_BYTES, Suite, suite_of
from shouxin.core.text import Text
from shouxin.kit.registry import Registry
from shouxin.vault import control, roots
from shouxin.vault.keyring import keyring

_CONTEXT = struct.Struct(">4sB16s")


@dataclass(frozen=True, slots=True)
class ParcelKey:
    """The open key of one owner's parcels; keep it no longer than the work at hand."""

    owner: UUID
    suite: Suite
    wrapped: bytes
    _key: bytes = field(repr=False)

    def seal(self, name: str, content: bytes) -> bytes:
        """`content` sealed under `name`."""
        nonce = os.urandom(NONCE_BYTES)
        head = bytes([self.suite.id])
        return head + nonce + self.suite.aead(self._key).encrypt(nonce, content, self._bound(head, name))

    def open(self, name: str, parcel: bytes) -> bytes:
        """What was sealed under `name`.

        Raises:
            SealBroken: altered, cut, or sealed under another name or for another owner.
        """
        head, nonce, body = parcel[:1], parcel[1 : 1 + NONCE_BYTES], parcel[1 + NONCE_BYTES :]
        try:
            return self.suite.aead(self._key).decrypt(nonce, body, self._bound(head, name))
        except (InvalidTag, ValueError):
            raise SealBroken(Broken.NOT_AUTHENTIC, f"parcel {name}") from None

    def _bound(self, head: bytes, name: str) -> bytes:
        return head + self.owner.bytes + name.encode()


def new_key(owner: UUID) -> ParcelKey:
    """A fresh key for `owner`, wrapped by the key provider; keep `wrapped`.

    Raises:
        VaultNotReady, KeyServiceUnavailable: there are no keys to wrap with.
    """
    suite = control.read().suite
    key = suite.new_key()
    return ParcelKey(owner, suite, roots.wrap(key, context(suite, owner)), key)


def open_key(owner: UUID, suite: int, wrapped: bytes) -> ParcelKey:
    """The key that `new_key` wrapped for `owner` under this suite.

    Raises:
        SealBroken: the wrapped key is not the one that was made for this owner.
        KeyServiceUnavailable: the key provider does not answer.
    """
    known = suite_of(suite)
    return ParcelKey(owner, known, wrapped, keyring.under_root(wrapped, context(known, owner)))


def recognising_key(use: str) -> bytes:
    """32 bytes by which equal things of one `use` are recognised and nothing else; derived from the search index key.

    Raises:
        VaultNotReady, KeyServiceUnavailable: there is no index key.
    """
    return control.searched_index().unique(f"parcel:{use}", b"", "recognise")


def context(suite: Suite, owner: UUID) -> bytes:
    """What the key of one owner's parcels is for."""
    return _CONTEXT.pack(b"PRCL", suite.id, owner.bytes)


@dataclass(frozen=True, slots=True)
class Place:
    """Rows of `model` that keep a parcel key: whoever changes keys or looks for alterations finds them here.

    `columns` are the (table, column) pairs in which parcels stand, the wrapped key's own among them.
    """

    key: str
    name: Text
    model: type[Model]
    columns: tuple[tuple[str, str], ...]
    # Every parcel of one owner: the name it was sealed under, and its bytes.
    parcels: Callable[[UUID], Iterable[tuple[str, bytes]]]
    # Seals everything of one owner again under a new key, in the caller's transaction; False while it is in use.
    reseal: Callable[[UUID], bool]
    suite: str = "key_suite"
    wrapped: str = "wrapped_key"
    # Names of what is altered among things outside the database whose keys stand in the parcels (uploaded files).
    beyond: Callable[[UUID, ParcelKey], Iterable[str]] | None = None


places: Registry[Place] = Registry("places of parcels")
