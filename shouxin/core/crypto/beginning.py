"""Storage groups that begin: key, first blobs and head in one go, in the bytes of blob.py and wrapping.py.

An import begins many groups at once. What those modules do one by one is done here with one draw from the system's
random source a group and no object that outlives it; every part still has a nonce of its own.
"""

import os
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from shouxin.core.crypto import blob
from shouxin.core.crypto.suites import NONCE_BYTES, Suite
from shouxin.core.crypto.wrapping import DATA_CONTEXT, WrappingKey

VERSION: Final = 1  # of the first data key of a group
REVISION: Final = (1).to_bytes(8, "big")
CHANGES: Final = 1


@dataclass(frozen=True, slots=True)
class Begun:
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
        drawn = os.urandom(self._key_bytes + NONCE_BYTES * (2 + len(records)))
        place = self._key_bytes
        key = drawn[:place]
        nonces = [drawn[at : at + NONCE_BYTES] for at in range(place, len(drawn), NONCE_BYTES)]
        encrypt, header = self._suite.aead(key).encrypt, self._header
        context = DATA_CONTEXT.pack(b"DATA", self._suite.id, VERSION, customer) + group
        wrapped = self._wrapping.wrap_with(nonces[0], key, context)
        head_data = blob.head_data(
            self._suite.id, VERSION, customer, group, CHANGES, [record + REVISION for record, _ in records]
        )
        head = blob.HEAD_MARK + nonces[1] + encrypt(nonces[1], b"", head_data)
        blobs = [
            header + nonce + encrypt(nonce, plaintext, header + customer + record + REVISION + group)
            for nonce, (record, plaintext) in zip(nonces[2:], records, strict=True)
        ]
        return Begun(wrapped, head, blobs)
