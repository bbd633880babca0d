"""Storage groups that begin: key, first blobs and head in one go, in the bytes of blob.py and wrapping.py.

An import begins many groups at once. What those modules do one by one is done here with one draw from the system's
random source for many groups, each byte of it used once, and no object that outlives the batch; every part still has a
nonce of its own.
"""

import os
from collections.abc import Iterable, Iterator, Sequence
from struct import Struct
from typing import Final, NamedTuple

from shouxin.core.crypto import blob
from shouxin.core.crypto.suites import NONCE_BYTES, TAG_BYTES, Suite
from shouxin.core.crypto.wrapping import DATA_CONTEXT, WrappingKey

VERSION: Final = 1  # of the first data key of a group
REVISION: Final = (1).to_bytes(8, "big")
CHANGES: Final = 1
HEAD_BYTES: Final = len(blob.HEAD_MARK) + NONCE_BYTES + TAG_BYTES
DRAWN: Final = 16_384  # random bytes drawn at once, for some two hundred groups


class Begun(NamedTuple):
    """What is stored of a group that began: its wrapped key, its head, and a blob for each record."""

    wrapped: bytes
    head: bytes
    blobs: list[bytes]


class Beginner:
    """Begins groups under one suite and one epoch key, for one batch and in one thread."""

    __slots__ = (
        "_aead", "_at", "_context", "_drawn", "_head", "_header", "_lone", "_named", "_parts", "_wrap", "_wrapped",
        "wrapped_bytes",
    )  # fmt: skip

    def __init__(self, suite: Suite, wrapping: WrappingKey) -> None:
        self._aead = suite.aead
        self.wrapped_bytes = (
            len(wrapping.header) + NONCE_BYTES + suite.key_bytes + TAG_BYTES
        )  # of a wrapped key
        self._wrap, self._wrapped = wrapping.encrypt, wrapping.header
        self._header = blob.HEADER.pack(blob.VERSION, suite.id, VERSION)
        context = DATA_CONTEXT.pack(b"DATA", suite.id, VERSION, b"")[: -blob.ID_BYTES]
        self._context = wrapping.header + context  # what a wrapped key is bound to, before the customer
        self._head = blob.head_start(suite.id, VERSION)
        self._named: dict[bytes, bytes] = {}  # what the head says between the customer and the records
        self._parts = Struct(
            f"{suite.key_bytes}s{NONCE_BYTES}s{NONCE_BYTES}s"
        )  # key, nonces of its wrapping and of the head
        self._lone = Struct(
            f"{suite.key_bytes}s{NONCE_BYTES}s{NONCE_BYTES}s{NONCE_BYTES}s"
        )  # and of one blob
        self._drawn, self._at = b"", 0

    def begin(self, customer: bytes, group: bytes, records: Sequence[tuple[bytes, bytes]]) -> Begun:
        """A new group of `customer` (16 bytes), `records` being (16 bytes of its id, plaintext), each once."""
        at = self._take(self._parts.size + NONCE_BYTES * len(records))
        drawn = self._drawn
        key, nonce, head_nonce = self._parts.unpack_from(drawn, at)
        at += self._parts.size
        encrypt = self._aead(key).encrypt
        wrapped = self._wrapped + nonce + self._wrap(nonce, key, self._context + customer + group)
        stated = [record + REVISION for record, _ in records]
        said = self._head + customer + self._name(group) + b"".join(sorted(stated))
        head = blob.HEAD_MARK + head_nonce + encrypt(head_nonce, b"", said)
        header, blobs = self._header, []
        for (_record, plaintext), place in zip(records, stated, strict=True):
            nonce, at = drawn[at : at + NONCE_BYTES], at + NONCE_BYTES
            blobs.append(header + nonce + encrypt(nonce, plaintext, header + customer + place + group))
        return Begun(wrapped, head, blobs)

    def begin_profile(
        self, customer: bytes, groups: Iterable[tuple[bytes, bytes]]
    ) -> Iterator[tuple[bytes, bytes, bytes]]:
        """New groups of `customer`, (name, plaintext), each with one record, which is the customer's own: for each
        the wrapped key, the head and the blob, as `begin` gives them."""
        size, unpack = self._lone.size, self._lone.unpack_from
        aead, wrap, wrapped, header, mark = (
            self._aead,
            self._wrap,
            self._wrapped,
            self._header,
            blob.HEAD_MARK,
        )
        own = customer + REVISION
        context, said, place = self._context + customer, self._head + customer, header + customer + own
        for group, plaintext in groups:
            at = self._take(size)
            key, nonce, head_nonce, blob_nonce = unpack(self._drawn, at)
            encrypt = aead(key).encrypt
            yield (
                wrapped + nonce + wrap(nonce, key, context + group),
                mark + head_nonce + encrypt(head_nonce, b"", said + self._name(group) + own),
                header + blob_nonce + encrypt(blob_nonce, plaintext, place + group),
            )

    def _take(self, wanted: int) -> int:
        """Where so many drawn bytes begin that nothing was made of yet."""
        at = self._at
        if at + wanted > len(self._drawn):
            self._drawn, at = os.urandom(max(DRAWN, wanted)), 0
        self._at = at + wanted
        return at

    def _name(self, group: bytes) -> bytes:
        named = self._named.get(group)
        if named is None:
            named = self._named[group] = blob.head_middle(CHANGES, group)
        return named
