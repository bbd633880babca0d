"""Keys wrapped under keys: root key → epoch key → data key, and root key → search index key.

    wrapped         = version(1) ‖ suite(1) ‖ wrapping key id(4) ‖ nonce(12) ‖ ciphertext ‖ tag(16)
    associated data = version ‖ suite ‖ wrapping key id ‖ context

The context names what the key is for (kind, suite, version, and for a data key its customer and group), so a
wrapped key cannot serve in another's place. The suite byte is that of the wrapping key. The first root key has
id 0, each that followed it the next number. See docs/formats/keys.md.
"""

import os
import struct
from typing import Final
from uuid import UUID

from cryptography.exceptions import InvalidTag

from shouxin.core.crypto.errors import Broken, KeyMissing, SealBroken
from shouxin.core.crypto.suites import NONCE_BYTES, TAG_BYTES, Suite

VERSION: Final = 1
HEADER: Final = struct.Struct(">BBI")
FIRST_ROOT: Final = 0  # id of an installation's first root key
_MINIMUM: Final = HEADER.size + NONCE_BYTES + TAG_BYTES
DATA_CONTEXT: Final = struct.Struct(">4sBI16s")
_SHORT_CONTEXT: Final = struct.Struct(">4sBI")


def data_key_context(*, suite: Suite, version: int, customer: UUID, group: str) -> bytes:
    """What a data key is for: `"DATA" ‖ suite(1) ‖ version(4) ‖ customer(16) ‖ group(UTF-8)`."""
    return DATA_CONTEXT.pack(b"DATA", suite.id, version, customer.bytes) + group.encode()


def epoch_key_context(*, suite: Suite, epoch: int) -> bytes:
    """What an epoch key is for: `"EPOC" ‖ suite(1) ‖ epoch(4)`."""
    return _SHORT_CONTEXT.pack(b"EPOC", suite.id, epoch)


def index_key_context(*, suite: Suite, version: int) -> bytes:
    """What a search index key is for: `"INDX" ‖ suite(1) ‖ index version(4)`."""
    return _SHORT_CONTEXT.pack(b"INDX", suite.id, version)


def wrapping_key_id(wrapped: bytes) -> int:
    """The id of the key under which `wrapped` was wrapped, as it names it itself.

    Raises:
        SealBroken: too short to be a wrapped key, or of an unknown format.
    """
    if len(wrapped) < _MINIMUM:
        raise SealBroken(Broken.TRUNCATED, "header of a wrapped key")
    version, _, number = HEADER.unpack_from(wrapped)
    if version != VERSION:
        raise SealBroken(Broken.FORMAT, "header of a wrapped key")
    return int(number)


class WrappingKey:
    """A key that only wraps keys: an epoch key, or the root key inside a provider that holds it in memory."""

    __slots__ = ("decrypt", "encrypt", "header", "id", "suite")

    def __init__(self, suite: Suite, key: bytes, *, id: int) -> None:  # noqa: A002 - the format's own word
        aead = suite.aead(key)
        self.encrypt = aead.encrypt
        self.decrypt = aead.decrypt
        self.header = HEADER.pack(VERSION, suite.id, id)
        self.suite = suite
        self.id = id

    def wrap(self, key: bytes, context: bytes) -> bytes:
        """`key` wrapped for the use that `context` names."""
        nonce = os.urandom(NONCE_BYTES)
        return self.header + nonce + self.encrypt(nonce, key, self.header + context)

    def unwrap(self, wrapped: bytes, context: bytes) -> bytes:
        """The key inside `wrapped`.

        Raises:
            KeyMissing: it was wrapped under another key than this one.
            SealBroken: altered, cut, or made for another use.
        """
        if len(wrapped) < _MINIMUM:
            raise SealBroken(Broken.TRUNCATED, f"key wrapped under {self.id}")
        if wrapped[:6] != self.header:
            version, _, other = HEADER.unpack_from(wrapped)
            if version != VERSION:
                raise SealBroken(Broken.FORMAT, f"key wrapped under {self.id}")
            raise KeyMissing(f"wrapped under key {other}, opened with key {self.id}")
        try:
            return self.decrypt(wrapped[6:18], wrapped[18:], self.header + context)
        except InvalidTag:
            raise SealBroken(Broken.NOT_AUTHENTIC, f"key wrapped under {self.id}") from None
