"""Storage groups that begin: key, first blobs and head in one go, in the bytes of blob.py and wrapping.py.

An import begins many groups at once. What those modules do one by one is done here with one draw from the system's
random source for many groups, each byte of it used once, and no object that outlives the batch; every part still has a
nonce of its own.
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
DRAWN: Final = 16_384  # random bytes drawn at once, for some two hundred groups


class Begun(NamedTuple):
    """What is stored of a group that began: its wrapped key, its head, and a blob for each record."""

    wrapped: bytes
    head: bytes
    blobs: list[bytes]


class Beginner:
    """Begins groups under one suite and one epoch key, for one batch and in one thread."""

    __slots__ = ("_aead", "_at", "_context", "_drawn", "_head", "_header", "_key_bytes", "_named", "_wrap")

    def __init__(self, suite: Suite, wrapping: WrappingKey) -> None:
        self._aead = suite.aead
        self._wrap = wrapping.wrap_with
        self._header = blob.HEADER.pack(blob.VERSION, suite.id, VERSION)
        self._context = DATA_CONTEXT.pack(b"DATA", suite.id, VERSION, b"")[: -blob.ID_BYTES]
        self._head = blob.head_start(suite.id, VERSION)
        self._key_bytes = suite.key_bytes
        self._named: dict[bytes, bytes] = {}  # what the head says between the customer and the records
        self._drawn, self._at = b"", 0

    def begin(self, customer: bytes, group: bytes, records: Sequence[tuple[bytes, bytes]]) -> Begun:
        """A new group of `customer` (16 bytes), `records` being (16 bytes of its id, plaintext), each once."""
        at, length = self._at, self._key_bytes
        wanted = length + NONCE_BYTES * (2 + len(records))
        if at + wanted > len(self._drawn):
            self._drawn, at = os.urandom(max(DRAWN, wanted)), 0
        self._at, drawn = at + wanted, self._drawn
        key, at = drawn[at : at + length], at + length
        encrypt = self._aead(key).encrypt
        nonce, at = drawn[at : at + NONCE_BYTES], at + NONCE_BYTES
        wrapped = self._wrap(nonce, key, self._context + customer + group)
        named = self._named.get(group)
        if named is None:
            named = self._named[group] = blob.head_middle(CHANGES, group)
        stated = [record + REVISION for record, _ in records]
        nonce, at = drawn[at : at + NONCE_BYTES], at + NONCE_BYTES
        said = stated[0] if len(stated) == 1 else b"".join(sorted(stated))
        head = blob.HEAD_MARK + nonce + encrypt(nonce, b"", self._head + customer + named + said)
        header, blobs = self._header, []
        start = header + customer
        for (_record, plaintext), place in zip(records, stated, strict=True):
            nonce, at = drawn[at : at + NONCE_BYTES], at + NONCE_BYTES
            blobs.append(header + nonce + encrypt(nonce, plaintext, start + place + group))
        return Begun(wrapped, head, blobs)
