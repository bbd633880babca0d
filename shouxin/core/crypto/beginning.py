"""Storage groups that begin: key, first blobs and head in one go, in the bytes of blob.py and wrapping.py.

An import begins many groups at once. What those modules do one by one is done here with one draw from the system's
random source a group and no object that outlives it; every part still has a nonce of its own.
"""

import os
from collections.abc import Sequence
from typing import Final, NamedTuple

from shouxin.core.crypto import blob
from shouxin.core.crypto.suites import NONCE_BYTES, Suite
from shouxin.core.crypto.wrapping import DATA_CONTEXT, WrappingKey

VERSION: Final = 1  # of the first data key of a group
REVISION: Final = (1).to_bytes(8, "big")
CHANGES: Final = 1


class Begun(NamedTuple):
    """What is stored of a group that began: its wrapped key, its head, and a blob for each record."""

    wrapped: bytes
    head: bytes
    blobs: list[bytes]


class Beginner:
    """Begins groups under one suite and one epoch key."""

    __slots__ = ("_header", "_key_bytes", "_suite", "_wrapping")

    def __init__(self, suite: Suite, wrapping: WrappingKey) -> None:
        self._suite = suite
        self._wrapping = wrapping
        self._header = blob.HEADER.pack(blob.VERSION, suite.id, VERSION)
        self._key_bytes = suite.key_bytes

    def begin(self, customer: bytes, group: bytes, records: Sequence[tuple[bytes, bytes]]) -> Begun:
        """A new group of `customer` (16 bytes), `records` being (16 bytes of its id, plaintext), each once."""
        length, header = self._key_bytes, self._header
        drawn = os.urandom(length + NONCE_BYTES * (2 + len(records)))
        key, nonces = drawn[:length], drawn[length:]
        for_wrapping, for_head = nonces[:NONCE_BYTES], nonces[NONCE_BYTES : 2 * NONCE_BYTES]
        encrypt = self._suite.aead(key).encrypt
        context = DATA_CONTEXT.pack(b"DATA", self._suite.id, VERSION, customer) + group
        wrapped = self._wrapping.wrap_with(for_wrapping, key, context)
        head_data = blob.head_data(
            self._suite.id, VERSION, customer, group, CHANGES, [record + REVISION for record, _ in records]
        )
        head = blob.HEAD_MARK + for_head + encrypt(for_head, b"", head_data)
        blobs, at = [], 2 * NONCE_BYTES
        for record, plaintext in records:
            nonce = nonces[at : at + NONCE_BYTES]
            at += NONCE_BYTES
            sealed = encrypt(nonce, plaintext, header + customer + record + REVISION + group)
            blobs.append(header + nonce + sealed)
        return Begun(wrapped, head, blobs)
